"""How much the guide is trained, and how fast it may change on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guide_training.mix import CALLS_MORE, TRAINED, Shares


@dataclass(frozen=True)
class Plan:
    """How much and how to train; amounts in tokens, rates of the two optimizers at their peak.

    `pointer_weight`: how much it counts, beside the loss, where the heads that point look.
    `until`: the share of `conversations` that is done, before the next plan takes over.
    `workers` processes share the tokens, and their weights every `tokens_a_meeting` of each.
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
    ebb_share: float = 0.35
    until: float = 1.0
    seed: int = 7
    cut_share: float = 0.75
    cut_after: int = 16
    shares: Shares = TRAINED
    alone: float = 0.87
    pointer_weight: float = 0.2
    averaged: float = 0.998
    workers: int = 1
    tokens_a_meeting: int = 200_000
    meetings_a_save: int = 4

    @property
    def whole(self) -> int:
        """Tokens that the rate is planned for."""
        return self.drills + self.conversations

    @property
    def done(self) -> int:
        """Tokens that are trained with."""
        return self.drills + int(self.conversations * self.until)

    def of(self, rank: int) -> Plan:
        """Return what worker `rank` does: its share of the tokens, from data of its own."""
        return replace(
            self,
            drills=self.drills // self.workers,
            conversations=self.conversations // self.workers,
            seed=self.seed * self.workers + rank,
        )


@dataclass(frozen=True)
class Round:
    """Plans in a row; with `mean`, what is kept is the mean of its end and its beginning."""

    plans: tuple[Plan, ...]
    mean: bool = False


# The first round stands for as much as the committed weights had in four rounds with other shares
# and another falling of the rate, from data that has grown since (RESULTS.md). The others are what
# they had. Not all of them in a row have been run: they need eight hours. The first plan of the
# third was to be whole, and ran out of time at its eighth saving; the next brought its rate down.
_ON = Plan(drills=0, conversations=0, tokens_a_batch=4_096, ebb_share=1.0)
_CALLS = replace(_ON, shares=CALLS_MORE, workers=2)
ROUNDS = (
    Round((Plan(drills=1_000_000, conversations=136_000_000, ebb_share=0.0),)),
    Round((replace(_ON, conversations=34_000_000, muon_rate=0.015, adam_rate=2e-3, seed=9),)),
    Round(
        (
            replace(
                _CALLS,
                conversations=26_000_000,
                until=12.8 / 26,
                muon_rate=0.012,
                adam_rate=1.6e-3,
                seed=11,
            ),
            replace(_CALLS, conversations=8_600_000, muon_rate=0.006, adam_rate=8e-4, seed=12),
        ),
        mean=True,
    ),
)


def rate_share(progress: float, warm_up_share: float, ebb_share: float) -> float:
    """Return the share of the peak rate when `progress` (0 to 1) of the training is done.

    It rises, stays, and falls to nothing in the last `ebb_share`, so that a training that turns
    out to be too short may be taken up again before its ebb.
    """
    if progress < warm_up_share:
        return (progress + 1e-4) / warm_up_share
    left = max(1 - progress, 0.0)
    return 1.0 if left >= ebb_share else left / ebb_share
