"""Training batches: samples of like length together, so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from guide_training.render import Sample

STEP = 8
FARTHEST_SKIP = 24_000


@dataclass(frozen=True)
class Batch:
    """Arrays of one step: tokens and positions [rows, length], flat indexes of what to predict.

    `looks` [count, 4] are kind, row, place, and the earlier place to look at from there.
    """

    tokens: npt.NDArray[np.int32]
    positions: npt.NDArray[np.int32]
    chosen: npt.NDArray[np.int32]
    looks: npt.NDArray[np.int64]


def _positions(
    rng: random.Random, sample: Sample, length: int, skip_share: float
) -> npt.NDArray[np.int32]:
    """Return 0, 1, 2, ... or, now and then, with a gap after the first turn."""
    positions = np.arange(length, dtype=np.int32)
    if rng.random() < skip_share:
        positions[sample.first_turn :] += int(2 ** rng.uniform(0, np.log2(FARTHEST_SKIP)))
    return positions


def pack(rng: random.Random, samples: list[Sample], length: int, skip_share: float = 0.0) -> Batch:
    """Return one batch of `samples`, padded to `length`; only the assistant's tokens count."""
    tokens = np.zeros((len(samples), length), np.int32)
    positions = np.zeros((len(samples), length), np.int32)
    said = np.zeros((len(samples), length - 1), np.bool_)
    for row, sample in enumerate(samples):
        tokens[row, : len(sample.ids)] = sample.ids
        positions[row] = _positions(rng, sample, length, skip_share)
        for start, end in sample.spans:
            said[row, start - 1 : end - 1] = True
    looks = [
        (look.kind, row, look.place, look.target)
        for row, sample in enumerate(samples)
        for look in sample.looks
    ]
    chosen = np.flatnonzero(said).astype(np.int32)
    return Batch(tokens, positions, chosen, np.array(looks, np.int64).reshape(-1, 4))


def epoch(
    rng: random.Random, samples: list[Sample], tokens_a_batch: int, longest: int, skip_share: float
) -> Iterator[Batch]:
    """Yield the batches of one pass over `samples` in random order; over-long ones are left out."""
    ordered = [item for item in samples if len(item.ids) <= longest]
    ordered.sort(key=lambda item: len(item.ids) + rng.random() * 8)
    groups: list[list[Sample]] = []
    group: list[Sample] = []
    for sample in ordered:
        if group and (len(group) + 1) * len(sample.ids) > tokens_a_batch:
            groups.append(group)
            group = []
        group.append(sample)
    groups.append(group)
    rng.shuffle(groups)
    for members in groups:
        width = max(len(item.ids) for item in members)
        yield pack(rng, members, -(-width // STEP) * STEP + 1, skip_share)
