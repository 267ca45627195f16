"""One vectorised choice for the whole batch, from per-row arrays of parameters.

A row's draw depends on its seed and its own step number alone: the same tokens alone, in a batch,
after a restart, on any machine with the same logits.
"""

from collections.abc import Sequence

import mlx.core as mx

from mlx_manager.mlx_server.engine.row import RowState

CANDIDATES = 256
"""Rows with top-p, top-k or min-p choose among this many most likely tokens."""


def sample(rows: Sequence[RowState], logits: mx.array) -> mx.array:
    """Token ids ``(rows,)`` for logits ``(rows, vocabulary)``. Greedy rows are exact."""
    greedy = [row.greedy for row in rows]
    if all(greedy):
        return mx.argmax(logits, axis=-1)
    temperature = _column([row.spec.sampling.temperature or 1.0 for row in rows])
    draw = _column([0.0 if row.greedy else row.draw() for row in rows])
    filtered = [row.filtered for row in rows]
    open_rows = [not (g or f) for g, f in zip(greedy, filtered, strict=True)]
    chosen: mx.array | None = None
    if any(open_rows):
        chosen = _choose(mx.softmax(logits / temperature, axis=-1), draw)
    if any(filtered):
        narrow = _sample_filtered(logits, rows, temperature, draw)
        chosen = narrow if chosen is None else mx.where(mx.array(filtered), narrow, chosen)
    assert chosen is not None  # not all rows are greedy, so one of the two ran
    if any(greedy):
        chosen = mx.where(mx.array(greedy), mx.argmax(logits, axis=-1), chosen)
    return chosen


def _sample_filtered(
    logits: mx.array, rows: Sequence[RowState], temperature: mx.array, draw: mx.array
) -> mx.array:
    """Top-k, then top-p, then min-p among each row's most likely tokens, as mlx-lm orders them."""
    width = min(CANDIDATES, logits.shape[-1])
    ids = mx.argpartition(-logits, kth=width - 1, axis=-1)[:, :width]
    best = mx.take_along_axis(logits, ids, axis=-1)
    order = mx.argsort(-best, axis=-1)
    ids = mx.take_along_axis(ids, order, axis=-1)
    best = mx.take_along_axis(best, order, axis=-1)
    # Normalised over the whole vocabulary, so that top-p means what it says.
    total = mx.logsumexp(logits / temperature, axis=-1, keepdims=True)
    probs = mx.exp(best / temperature - total)
    params = [row.spec.sampling for row in rows]
    rank = mx.arange(width)[None, :]
    keep = rank < _column([float(p.top_k or width) for p in params])
    before = mx.cumsum(probs, axis=-1) - probs
    keep = keep & (before < _column([p.top_p for p in params]))
    keep = keep & (probs >= probs[:, :1] * _column([p.min_p for p in params]))
    keep = keep | (rank == 0)
    probs = mx.where(keep, probs, 0.0)
    position = _choose(probs / probs.sum(axis=-1, keepdims=True), draw)
    return mx.take_along_axis(ids, position[:, None], axis=-1)[:, 0]


def _choose(probs: mx.array, draw: mx.array) -> mx.array:
    """Inverse transform sampling: the first index whose cumulative probability passes the draw."""
    cumulative = mx.cumsum(probs, axis=-1)
    # Scaling by the last entry keeps rounding from walking past the end.
    index = (cumulative <= draw * cumulative[:, -1:]).sum(axis=-1)
    return mx.minimum(index, probs.shape[-1] - 1)


def _column(values: list[float]) -> mx.array:
    return mx.array(values, dtype=mx.float32)[:, None]
