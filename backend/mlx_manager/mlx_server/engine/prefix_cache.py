"""Prompts' caches kept for the next request that begins the same.

Looked up by who is asking first: an entry of one scope is never seen, served to or timed by
another. Among those, entries that begin alike are compared whole with array operations; no trie,
because a Python trie of 32,000-token prompts costs more to walk than the arrays cost to compare.
"""

import copy
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mlx_lm.models.cache import can_trim_prompt_cache, trim_prompt_cache

from mlx_manager.mlx_server.engine.batch import KVCaches, materialise

TokenArray = npt.NDArray[np.int64]

MIN_TOKENS = 16
"""Shorter prefixes are recomputed sooner than copied."""


@dataclass(frozen=True, slots=True)
class PrefixKey:
    """One residence of one model, one scope of principals."""

    generation: int
    scope: str


_Beginning = tuple[PrefixKey, tuple[int, ...]]
"""Of whom, and the first tokens: entries that differ in either share no usable prefix."""


@dataclass(frozen=True, slots=True)
class _Entry:
    key: PrefixKey
    beginning: _Beginning
    tokens: TokenArray
    caches: KVCaches
    nbytes: int
    trimmable: bool


class PrefixCache:
    """Least recently used entries, at most ``max_bytes`` of them."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.nbytes = 0
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._alike: dict[_Beginning, dict[int, _Entry]] = {}
        self._next_id = 0

    def __len__(self) -> int:
        return len(self._entries)

    def fetch(self, key: PrefixKey, tokens: Sequence[int]) -> tuple[KVCaches | None, int]:
        """Caches for the longest usable prefix of ``tokens`` and its length.

        At least one token is always left to process, because its logits start the answer.
        """
        wanted = np.asarray(tokens, dtype=np.int64)
        best_id, best_length = None, MIN_TOKENS - 1
        for entry_id, entry in self._alike.get(_beginning(key, tokens), {}).items():
            usable = _usable_length(entry, wanted)
            if usable > best_length:
                best_id, best_length = entry_id, usable
        if best_id is None:
            return None, 0
        self._entries.move_to_end(best_id)
        entry = self._entries[best_id]
        caches = copy.deepcopy(entry.caches)
        if len(entry.tokens) > best_length:
            trim_prompt_cache(caches, len(entry.tokens) - best_length)
        return caches, best_length

    def store(self, key: PrefixKey, tokens: Sequence[int], caches: KVCaches) -> None:
        """Keep ``caches``, which hold exactly ``tokens``; the oldest entries make room."""
        if len(tokens) < MIN_TOKENS or self.max_bytes == 0:
            return
        materialise(caches)
        nbytes = sum(int(cache.nbytes) for cache in caches)
        if nbytes > self.max_bytes:
            return
        array = np.asarray(tokens, dtype=np.int64)
        trimmable = can_trim_prompt_cache(caches)
        entry = _Entry(key, _beginning(key, tokens), array, caches, nbytes, trimmable)
        if self._subsumed(entry):
            return
        self.trim_to(self.max_bytes - nbytes)
        self._entries[self._next_id] = entry
        self._alike.setdefault(entry.beginning, {})[self._next_id] = entry
        self._next_id += 1
        self.nbytes += nbytes

    def trim_to(self, max_bytes: int) -> None:
        """Drop the least recently used entries until at most ``max_bytes`` are held."""
        while self._entries and self.nbytes > max_bytes:
            self._drop(next(iter(self._entries)))

    def forget(self, generation: int) -> None:
        """Drop everything of one residence."""
        for entry_id in [i for i, e in self._entries.items() if e.key.generation == generation]:
            self._drop(entry_id)

    def _subsumed(self, new: _Entry) -> bool:
        """Whether an entry already covers ``new``; entries that ``new`` covers are dropped."""
        for entry_id, entry in list(self._alike.get(new.beginning, {}).items()):
            common = _common_prefix(entry.tokens, new.tokens)
            if common == len(new.tokens) and (entry.trimmable or common == len(entry.tokens)):
                self._entries.move_to_end(entry_id)
                return True
            if common == len(entry.tokens) and new.trimmable:
                self._drop(entry_id)
        return False

    def _drop(self, entry_id: int) -> None:
        entry = self._entries.pop(entry_id)
        self.nbytes -= entry.nbytes
        siblings = self._alike[entry.beginning]
        del siblings[entry_id]
        if not siblings:
            del self._alike[entry.beginning]


def _beginning(key: PrefixKey, tokens: Sequence[int]) -> _Beginning:
    return key, tuple(tokens[:MIN_TOKENS])


def _usable_length(entry: _Entry, wanted: TokenArray) -> int:
    common = min(_common_prefix(entry.tokens, wanted), len(wanted) - 1)
    if entry.trimmable or common == len(entry.tokens):
        return common
    return 0


def _common_prefix(a: TokenArray, b: TokenArray) -> int:
    shorter = min(len(a), len(b))
    different = np.flatnonzero(a[:shorter] != b[:shorter])
    return int(different[0]) if different.size else shorter
