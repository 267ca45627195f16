"""How much the guide is trained, and how fast it may change on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

from guide_training.mix import TRAINED, Shares


@dataclass(frozen=True)
class Plan:
    """How much and how to train; amounts in tokens, rates of the two optimizers at their peak."""

    drills: int
    conversations: int
    muon_rate: float = 0.02
    adam_rate: float = 3e-3
    drill_chunk: int = 500
    chunk: int = 2_000
    tokens_a_drill: int = 1_024
    tokens_a_batch: int = 2_048
    skip_share: float = 0.15
    longest: int = 4_096
    warm_up_share: float = 0.005
    seed: int = 7
    cut_share: float = 0.6
    cut_after: int = 16
    shares: Shares = TRAINED
    save_seconds: float = 240.0


ROUNDS = (Plan(drills=800_000, conversations=22_000_000),)


def rate_share(progress: float, warm_up_share: float) -> float:
    """Return the share of the peak rate when `progress` (0 to 1) of the training is done."""
    if progress < warm_up_share:
        return (progress + 1e-4) / warm_up_share
    done = min((progress - warm_up_share) / (1 - warm_up_share), 1.0)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))
