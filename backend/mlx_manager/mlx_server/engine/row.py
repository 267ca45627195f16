"""What one row of a batch brings to each step: how to adjust its logits, how to pick from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import mlx.core as mx

from mlx_manager.mlx_server.core.ports import Grammar
from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.engine.draw import uniform

COLDEST = 1e-5
"""Temperatures below are greedy."""


@dataclass(frozen=True, slots=True)
class RowSpec:
    """Everything a row's steps depend on. ``seed`` is always set; ``prompt`` are token ids."""

    sampling: SamplingParams
    seed: int
    prompt: Sequence[int] = ()
    min_tokens: int = 0
    eos: Collection[int] = ()
    top_logprobs: int | None = None
    grammar: Grammar | None = None


@dataclass(slots=True)
class RowState:
    """A row between two steps. ``step`` counts the tokens sampled for it so far.

    ``counts`` (vocabulary,) holds how often each token was said, for the presence and frequency
    penalties; ``seen`` whether it stands in prompt or answer, for the repetition penalty. Both
    live on the device and exist only where a penalty asks for them. ``fault`` says why the row
    cannot go on; it ends alone.
    """

    spec: RowSpec
    step: int = 0
    counts: mx.array | None = None
    seen: mx.array | None = None
    bias: mx.array | None = None
    grammar_failed: bool = False
    fault: str | None = None

    @property
    def greedy(self) -> bool:
        """Temperature 0 takes the most likely token, and so does what is too close to divide by."""
        return self.spec.sampling.temperature < COLDEST

    @property
    def filtered(self) -> bool:
        """Whether any of top-p, top-k and min-p narrows the choice."""
        p = self.spec.sampling
        return not self.greedy and (p.top_p < 1 or p.top_k > 0 or p.min_p > 0)

    @property
    def counted(self) -> bool:
        """Whether presence or frequency penalty applies."""
        return bool(self.spec.sampling.presence_penalty or self.spec.sampling.frequency_penalty)

    @property
    def repeated(self) -> bool:
        """Whether the repetition penalty applies."""
        return self.spec.sampling.repetition_penalty != 1

    @property
    def plain(self) -> bool:
        """Whether the logits are taken as they are; such rows cost nothing."""
        return not (
            self.counted
            or self.repeated
            or self.spec.sampling.logit_bias
            or self.spec.grammar is not None
            or self.step < self.spec.min_tokens
        )

    def draw(self) -> float:
        """This step's uniform number."""
        return uniform(self.spec.seed, self.step)
