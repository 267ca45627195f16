"""What a model turns out to be when it runs: one token through it, right after loading.

Configurations may be silent or wrong about the width of the head and the cost of a cached token;
everything that trusts these numbers trusts the model itself. It also finds out an architecture
that loads but cannot run, before any request is in its batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import KVCache, make_prompt_cache


@dataclass(frozen=True, slots=True)
class Measured:
    """``vocabulary_size`` is the logits' width; bytes are those of full-attention caches alone,
    because sliding and recurrent ones stop growing."""

    vocabulary_size: int
    kv_bytes_per_token: int


def measure(model: Any) -> Measured:
    """Feed token 0. Raises whatever the model's own file raises."""
    caches = make_prompt_cache(model)
    logits = model(mx.array([[0]]), cache=caches)
    mx.eval(logits, [cache.state for cache in caches])
    growing = [cache for cache in _leaves(caches) if isinstance(cache, KVCache)]
    return Measured(
        vocabulary_size=int(logits.shape[-1]),
        kv_bytes_per_token=sum(int(c.nbytes) // int(c.keys.shape[2]) for c in growing),
    )


def _leaves(caches: Sequence[Any]) -> Iterator[Any]:
    for cache in caches:
        if hasattr(cache, "caches"):
            yield from _leaves(cache.caches)
        else:
            yield cache
