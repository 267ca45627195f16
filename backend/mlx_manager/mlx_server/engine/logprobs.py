"""Log-probabilities for the rows that ask: computed with the step, read a step later."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import mlx.core as mx

from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.engine.row import RowState


@dataclass(frozen=True, slots=True)
class PendingLogprob:
    """One row's place in a step's arrays; ``top`` of the ``best`` ones were asked for."""

    row: int
    top: int
    chosen: mx.array
    best_ids: mx.array
    best: mx.array

    def resolve(self, token: int) -> TokenLogprob:
        """Read the arrays, which the step has evaluated."""
        ids = cast(list[int], self.best_ids[self.row, : self.top].tolist())
        values = cast(list[float], self.best[self.row, : self.top].tolist())
        chosen = cast(float, self.chosen[self.row].item())
        return TokenLogprob(token, chosen, tuple(zip(ids, values, strict=True)))


def pending_logprobs(
    rows: Sequence[RowState], logits: mx.array, tokens: mx.array
) -> tuple[list[PendingLogprob | None], list[mx.array]]:
    """One entry a row, and the arrays to evaluate with the step's tokens.

    ``logits`` are as the model gave them, before temperature and filters, as OpenAI reports.
    """
    asking = [i for i, row in enumerate(rows) if row.spec.top_logprobs is not None]
    if not asking:
        return [None] * len(rows), []
    where = mx.array(asking)
    part = logits[where]
    logprobs = part - mx.logsumexp(part, axis=-1, keepdims=True)
    chosen = mx.take_along_axis(logprobs, tokens[where][:, None], axis=-1)[:, 0]
    width = max(rows[i].spec.top_logprobs or 0 for i in asking) or 1
    ids = mx.argpartition(-logprobs, kth=width - 1, axis=-1)[:, :width]
    best = mx.take_along_axis(logprobs, ids, axis=-1)
    order = mx.argsort(-best, axis=-1)
    ids = mx.take_along_axis(ids, order, axis=-1)
    best = mx.take_along_axis(best, order, axis=-1)
    found: list[PendingLogprob | None] = [None] * len(rows)
    for place, index in enumerate(asking):
        top = rows[index].spec.top_logprobs or 0
        found[index] = PendingLogprob(place, top, chosen, ids, best)
    return found, [chosen, ids, best]
