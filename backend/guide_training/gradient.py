"""The loss and its gradient, computed on several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import mlx.core as mx
import numpy as np
from mlx.utils import tree_map

import guide_training.blas  # noqa: F401  (must come before mlx)
from guide_training.batches import Batch
from guide_training.forward import Tree, loss
from guide_training.shape import Shape


class Gradients:
    """Splits the rows of a batch over `threads`, each with an MLX stream of its own.

    MLX's element-wise work on a CPU uses one core, so two threads are 1.4 times as fast on two
    cores. On a GPU use one thread.
    """

    def __init__(self, shape: Shape, threads: int) -> None:
        self.shape = shape
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads)
        self._local = threading.local()
        # MLX keeps one stack of running transformations for all threads, so only one may trace.
        self._tracing = threading.Lock()
        self._function: Callable[..., tuple[mx.array, Tree]] = mx.value_and_grad(loss)

    def __call__(self, parameters: Tree, batch: Batch) -> tuple[float, Tree]:
        """Return the mean loss of `batch` and its gradient."""
        parts = _split(batch, self.threads)
        total = float(batch.weights.sum())
        results = list(self._pool.map(lambda part: self._part(parameters, part, total), parts))
        gradient = results[0][1]
        if len(results) > 1:
            gradient = tree_map(
                lambda *leaves: sum(leaves[1:], leaves[0]), *[r[1] for r in results]
            )
        return sum(float(result[0]) for result in results), gradient

    def _part(self, parameters: Tree, part: Batch, total: float) -> tuple[mx.array, Tree]:
        if self.threads > 1 and not hasattr(self._local, "stream"):
            self._local.stream = mx.new_stream(mx.default_device())
            mx.set_default_stream(self._local.stream)
        arrays = (part.tokens, part.positions, part.chosen, part.weights / total)
        with self._tracing:
            result = self._function(parameters, *[mx.array(item) for item in arrays], self.shape)
        mx.eval(result)
        return result


def _split(batch: Batch, count: int) -> list[Batch]:
    """Return `batch` cut into up to `count` batches of whole rows, each with some target."""
    rows, width = batch.tokens.shape
    edges = np.linspace(0, rows, min(count, rows) + 1).astype(int)
    parts = []
    for start, end in pairwise(edges):
        inside = (batch.chosen >= start * (width - 1)) & (batch.chosen < end * (width - 1))
        parts.append(
            Batch(
                batch.tokens[start:end],
                batch.positions[start:end],
                batch.chosen[inside] - start * (width - 1),
                batch.weights[inside],
            )
        )
    return [part for part in parts if part.chosen.size]
