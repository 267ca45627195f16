"""Logit changes that depend on what a row has said already: per-row processors for mlx-lm.

A row that needs none costs nothing; ``sampling.py`` does everything else for the whole batch.
"""

from collections.abc import Callable, Collection

import mlx.core as mx

from mlx_manager.mlx_server.core.request import SamplingParams

LogitsProcessor = Callable[[mx.array, mx.array], mx.array]
"""``(tokens so far, logits (1, vocabulary)) -> logits``."""


def processors(
    params: SamplingParams, *, prompt_length: int, min_tokens: int, eos: Collection[int]
) -> list[LogitsProcessor]:
    """The processors one row needs, usually none. ``prompt_length`` is in tokens."""
    found: list[LogitsProcessor] = []
    if params.repetition_penalty != 1:
        found.append(_repetition(params.repetition_penalty))
    if params.presence_penalty or params.frequency_penalty:
        found.append(
            _presence_frequency(params.presence_penalty, params.frequency_penalty, prompt_length)
        )
    if min_tokens and eos:
        found.append(_forbid_until(prompt_length + min_tokens, eos))
    return found


def _repetition(penalty: float) -> LogitsProcessor:
    """CTRL (arXiv:1909.05858), over prompt and answer as transformers does."""

    def apply(tokens: mx.array, logits: mx.array) -> mx.array:
        seen = logits[:, tokens]
        logits[:, tokens] = mx.where(seen < 0, seen * penalty, seen / penalty)
        return logits

    return apply


def _presence_frequency(presence: float, frequency: float, prompt_length: int) -> LogitsProcessor:
    """The OpenAI reference's formula: over the answer only."""

    def apply(tokens: mx.array, logits: mx.array) -> mx.array:
        answer = tokens[prompt_length:]
        if answer.size == 0:
            return logits
        counts = mx.zeros((logits.shape[-1],), dtype=logits.dtype).at[answer].add(1)
        return logits - frequency * counts - presence * (counts > 0)

    return apply


def _forbid_until(length: int, eos: Collection[int]) -> LogitsProcessor:
    ids = mx.array(list(eos))

    def apply(tokens: mx.array, logits: mx.array) -> mx.array:
        if tokens.size < length:
            logits[:, ids] = -mx.inf
        return logits

    return apply
