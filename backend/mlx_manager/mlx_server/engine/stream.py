"""The event loop's end of one sequence."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.tokens import Ended, StreamItem, Tokens
from mlx_manager.mlx_server.errors import InferenceError


class GenerationStream:
    """Items of one sequence, in order, ending with one ``Ended`` or one raised error.

    Lives on the event loop only. Tokens that queue up while the reader is busy are joined, so a
    slow reader costs fewer wake-ups, not more.
    """

    def __init__(self, sequence_id: SequenceId, cancel: Callable[[SequenceId], None]) -> None:
        self.id = sequence_id
        self._cancel = cancel
        self._items: deque[StreamItem] = deque()
        self._error: InferenceError | None = None
        self._ended = False
        self._drained = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether the engine has said its last word about this sequence."""
        return self._ended

    def deliver(self, items: Sequence[StreamItem]) -> None:
        """Add what the engine made; whatever comes after the end is dropped."""
        if self._ended:
            return
        self._items.extend(items)
        self._ended = isinstance(items[-1], Ended)
        self._wake()

    def fail(self, error: InferenceError) -> None:
        """End with an error, unless it has ended already."""
        if self._ended:
            return
        self._error = error
        self._ended = True
        self._wake()

    def cancel(self) -> None:
        """Stop stepping this sequence within one step."""
        if not self._ended:
            self._cancel(self.id)

    def __aiter__(self) -> "GenerationStream":
        return self

    async def __anext__(self) -> StreamItem:
        while not self._items:
            if self._drained:
                raise StopAsyncIteration
            if self._error is not None:
                self._drained = True
                raise self._error
            await self._wait()
        item = self._items.popleft()
        if isinstance(item, Ended):
            self._drained = True
        elif isinstance(item, Tokens) and self._items:
            item = self._join(item)
        return item

    def _join(self, first: Tokens) -> Tokens:
        ids, logprobs = list(first.ids), list(first.logprobs)
        while self._items and isinstance(following := self._items[0], Tokens):
            ids.extend(following.ids)
            logprobs.extend(following.logprobs)
            self._items.popleft()
        return Tokens(tuple(ids), tuple(logprobs))

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
