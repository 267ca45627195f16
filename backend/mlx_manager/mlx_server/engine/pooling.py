"""Hidden states to vectors, and which texts go through the model together."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import mlx.core as mx

from mlx_manager.mlx_server.core.embedding import Pooling, Vector


def take_group(order: deque[int], lengths: Sequence[int], most_tokens: int) -> list[int]:
    """Take texts of like length from the front of ``order`` (indices, shortest text first): at most
    ``most_tokens``, padding included. A text that is longer goes alone."""
    group = [order.popleft()]
    # The newcomer is the longest of the group and sets its width.
    while order and lengths[order[0]] * (len(group) + 1) <= most_tokens:
        group.append(order.popleft())
    return group


class Pool:
    """Pools rows whose states come in pieces; ``lengths`` (rows,) leaves the padding out.

    Padding stands on the right, where a decoder's tokens cannot see it.
    """

    def __init__(self, pooling: Pooling, lengths: mx.array) -> None:
        self._pooling = pooling
        self._lengths = lengths
        self._pooled: mx.array | None = None

    def feed(self, states: mx.array, start: int) -> mx.array:
        """Take states (rows, tokens, width) of the tokens from ``start``; what to evaluate."""
        states = states.astype(mx.float32)
        count = states.shape[1]
        match self._pooling:
            case Pooling.CLS:
                self._pooled = states[:, 0] if start == 0 else self._pooled
            case Pooling.MEAN:
                columns = mx.arange(start, start + count)[None]
                present = (columns < self._lengths[:, None])[..., None]
                piece = mx.where(present, states, 0).sum(axis=1)
                self._pooled = piece if self._pooled is None else self._pooled + piece
            case Pooling.LAST:
                # Only a single row comes in pieces; of it, the last piece holds the last token.
                last = mx.clip(self._lengths - 1 - start, 0, count - 1)
                self._pooled = mx.take_along_axis(states, last[:, None, None], axis=1)[:, 0]
        assert self._pooled is not None
        return self._pooled

    def result(self) -> mx.array:
        """The pooled states (rows, width), of any length."""
        assert self._pooled is not None
        if self._pooling is Pooling.MEAN:
            return self._pooled / self._lengths[:, None]
        return self._pooled


def unit(pooled: mx.array, dimensions: int | None) -> mx.array:
    """Vectors of length one, cut first (Matryoshka, arXiv:2205.13147)."""
    cut = pooled if dimensions is None else pooled[:, :dimensions]
    return cut / mx.maximum(mx.linalg.norm(cut, axis=-1, keepdims=True), 1e-12)


def to_vectors(values: mx.array) -> list["Vector[float]"]:
    """Rows (rows, width) as plain arrays."""
    rows: list[Any] = list(values.astype(mx.float32))
    mx.eval(rows)
    return [Vector("f", bytes(memoryview(row))) for row in rows]
