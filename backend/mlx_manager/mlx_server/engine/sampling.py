"""One vectorised sampler for the whole batch.

It knows each row's parameters and is told the rows' order at each step. A row's draw depends on
its seed and its own step number alone: the same tokens alone, in a batch, after a restart, on any
machine with the same logits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

from mlx_manager.mlx_server.core.request import SamplingParams

CANDIDATES = 256
"""Rows with top-p, top-k or min-p choose among this many most likely tokens."""

_MASK = (1 << 64) - 1


def uniform(seed: int, step: int) -> float:
    """A draw in [0, 1) from ``(seed, step)``: SplitMix64 (Steele et al., OOPSLA 2014)."""
    z = (seed * 0xD1342543DE82EF95 + (step + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    # 23 bits, so that the largest draw stays below 1 after a float32 product.
    return ((z ^ (z >> 31)) >> 41) / (1 << 23)


@dataclass(slots=True)
class RowSampling:
    """One row: its parameters, its seed (always set) and how many draws it has made."""

    params: SamplingParams
    seed: int
    step: int = 0

    def draw(self) -> float:
        """The next uniform number of this row."""
        value = uniform(self.seed, self.step)
        self.step += 1
        return value

    @property
    def greedy(self) -> bool:
        """Temperature 0 takes the most likely token."""
        return self.params.temperature == 0

    @property
    def filtered(self) -> bool:
        """Whether any of top-p, top-k and min-p narrows the choice."""
        p = self.params
        return not self.greedy and (p.top_p < 1 or p.top_k > 0 or p.min_p > 0)


class BatchSampler:
    """The rows' parameters, by uid."""

    def __init__(self) -> None:
        self._by_uid: dict[int, RowSampling] = {}

    def add(self, uid: int, params: SamplingParams, seed: int) -> None:
        """Register a row before its first step."""
        self._by_uid[uid] = RowSampling(params, seed)

    def remove(self, uid: int) -> None:
        """Forget a row that has left the batch."""
        self._by_uid.pop(uid, None)

    def __call__(self, uids: Sequence[int], logits: mx.array) -> mx.array:
        """Token ids ``(rows,)`` for logits ``(rows, vocabulary)``, one row a uid."""
        rows = [self._by_uid[uid] for uid in uids]
        greedy = [row.greedy for row in rows]
        if all(greedy):
            return mx.argmax(logits, axis=-1)
        return _sample_mixed(logits, rows, greedy)


def _sample_mixed(logits: mx.array, rows: Sequence[RowSampling], greedy: list[bool]) -> mx.array:
    temperature = _column([row.params.temperature or 1.0 for row in rows])
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
    logits: mx.array, rows: Sequence[RowSampling], temperature: mx.array, draw: mx.array
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
    rank = mx.arange(width)[None, :]
    top_k = _column([float(row.params.top_k or width) for row in rows])
    keep = rank < top_k
    before = mx.cumsum(probs, axis=-1) - probs
    keep = keep & (before < _column([row.params.top_p for row in rows]))
    keep = keep & (probs >= probs[:, :1] * _column([row.params.min_p for row in rows]))
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
