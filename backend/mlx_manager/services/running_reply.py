"""One reply that the server is writing, with any number of watchers."""

import asyncio
import time
from collections.abc import AsyncGenerator

from mlx_manager.db.messages import Message
from mlx_manager.mlx_server.core.events import GenerationEvent, PromptProgress
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.schemas.message import MessageError, MessageReply, MessageStatus
from mlx_manager.schemas.reply_event import DoneEvent, ReplyEvent, SnapshotEvent
from mlx_manager.services.reply_draft import ReplyDraft, usage_of


class RunningReply:
    """The state of one reply, shared by its writer and its watchers on one event loop.

    A watcher holds only a place in the list of deltas: a slow one gets larger pieces, and nobody
    waits for it.
    """

    def __init__(self, message: Message, user_id: str) -> None:
        self.message = message
        self.user_id = user_id
        self.walk: asyncio.Task[None] | None = None
        self.halt = Halt()
        self.ended = asyncio.Event()
        self._draft = ReplyDraft()
        self._bell = asyncio.Event()
        self._begun = time.monotonic()
        self._first_delta: float | None = None
        self._announced = False

    @property
    def size(self) -> int:
        """How many deltas have come: equal sizes mean nothing new."""
        return len(self._draft.events)

    def publish(self, event: GenerationEvent) -> None:
        """Take one event of the spine and wake the watchers."""
        if self._first_delta is None and not isinstance(event, PromptProgress):
            self._first_delta = time.monotonic() - self._begun
        self._draft.add(event)
        self._ring()

    def stop(self) -> None:
        """Ask the writer to end; what has come is kept, with what it took."""
        if self._draft.finished is None and not self.halt.ask():
            self.abort()

    def abort(self) -> None:
        """End the writer at once; what has come is kept, and nobody says what it took."""
        if self.walk is not None:
            self.walk.cancel()

    def current(self) -> Message:
        """The row as it should be kept now."""
        self.message.content = self._draft.text
        self.message.reasoning = self._draft.reasoning
        self.message.tool_calls = self._draft.tool_calls
        return self.message

    def end(self, error: MessageError | None) -> Message:
        """Settle the row: failed with ``error``, complete when the spine finished, else stopped."""
        message, finished = self.current(), self._draft.finished
        if error is not None:
            message.status, message.error = MessageStatus.FAILED, error
        elif finished is None or self.halt.asked:
            message.status = MessageStatus.STOPPED
        else:
            message.status = MessageStatus.COMPLETE
            message.finish_reason = finished.reason.value
        if finished is not None:
            # Its writer works under the record of the request that asked for it.
            message.usage = usage_of(finished, self._first_delta, current_record().place)
        return message

    def announce(self) -> None:
        """Send ``done`` to the watchers; the row is kept by now."""
        self._announced = True
        self._ring()

    async def watch(self) -> AsyncGenerator[ReplyEvent, None]:
        """A snapshot, every delta after it, and ``done``. Closing it is leaving."""
        cursor = self.size
        yield SnapshotEvent(message=MessageReply.model_validate(self.current()))
        while True:
            bell = self._bell
            if cursor < self.size:
                missed, cursor = self._draft.since(cursor), self.size
                for event in missed:
                    yield event
            elif self._announced:
                yield DoneEvent(message=MessageReply.model_validate(self.message))
                return
            else:
                await bell.wait()

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()
