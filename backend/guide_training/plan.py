"""How much the guide is trained, and how fast it may change on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

from guide_training.mix import FINDING, TRAINED, Shares


@dataclass(frozen=True)
class Plan:
    """How much and how to train; amounts in tokens, rates of the two optimizers at their peak.

    `pointer_weight`: how much it counts, beside the loss, where the head that points looks.
    """

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
    pointer_weight: float = 0.3
    averaged: float = 0.998
    save_seconds: float = 240.0


# The second round goes on from the first with larger steps: its gain is in the details, and the
# optimizer, which costs the same for any batch, takes an eighth of the time instead of a quarter.
# The committed weights had it in two parts, of 7 and of 31 million tokens, because the first was
# stopped and taken up again, with the rate it had by then, from the last weights it had saved.
ROUNDS = (
    Plan(drills=800_000, conversations=22_000_000),
    Plan(
        drills=0,
        conversations=38_000_000,
        muon_rate=0.018,
        adam_rate=2.5e-3,
        tokens_a_batch=4_096,
        seed=8,
    ),
    Plan(
        drills=0,
        conversations=40_000_000,
        muon_rate=0.015,
        adam_rate=2e-3,
        tokens_a_batch=4_096,
        seed=9,
    ),
    # The committed weights were told where to look (pointer.py) in this round alone.
    Plan(
        drills=0,
        conversations=36_000_000,
        muon_rate=0.015,
        adam_rate=2e-3,
        tokens_a_batch=4_096,
        seed=12,
        shares=FINDING,
    ),
)


def rate_share(progress: float, warm_up_share: float) -> float:
    """Return the share of the peak rate when `progress` (0 to 1) of the training is done."""
    if progress < warm_up_share:
        return (progress + 1e-4) / warm_up_share
    done = min((progress - warm_up_share) / (1 - warm_up_share), 1.0)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))
