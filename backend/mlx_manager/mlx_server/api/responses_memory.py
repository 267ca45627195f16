"""``core.response_store.ResponseStore`` in memory, for the inference app alone: bounded, and gone
with the process."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from mlx_manager.mlx_server.core.response_store import ResponseStore, StoredResponse

MOST_CHARACTERS = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Kept:
    stored: StoredResponse
    size: int


@dataclass(frozen=True, slots=True)
class _Key:
    owner: str
    id: str


class MemoryResponseStore:
    """Keeps ``limit`` characters of JSON, the newest; the oldest go first."""

    def __init__(self, limit: int = MOST_CHARACTERS) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    async def save(self, owner: str, stored: StoredResponse) -> None:
        """Keep a response; what is over the limit is forgotten."""
        key = _Key(owner, stored.id)
        self._forget(key)
        size = len(json.dumps(stored.body)) + len(json.dumps(list(stored.input_items)))
        self._kept[key] = _Kept(stored, size)
        self._size += size
        while self._size > self._limit and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))

    async def get(self, owner: str, response_id: str) -> StoredResponse | None:
        """One response of this owner."""
        kept = self._kept.get(_Key(owner, response_id))
        return None if kept is None else kept.stored

    async def lineage(self, owner: str, response_id: str) -> Sequence[StoredResponse]:
        """A response and all that it continues, oldest first."""
        return await lineage_of(self, owner, response_id)

    async def delete(self, owner: str, response_id: str) -> bool:
        """Forget a response."""
        return self._forget(_Key(owner, response_id))

    def _forget(self, key: _Key) -> bool:
        kept = self._kept.pop(key, None)
        self._size -= kept.size if kept is not None else 0
        return kept is not None


async def lineage_of(store: ResponseStore, owner: str, response_id: str) -> list[StoredResponse]:
    """The lineage by asking a store for one response after another."""
    found: list[StoredResponse] = []
    wanted: str | None = response_id
    while wanted is not None and (stored := await store.get(owner, wanted)) is not None:
        found.append(stored)
        wanted = stored.previous_id
    return found[::-1]
