"""Responses that the server owns: they go on when their client has left, and can be watched,
fetched and cancelled until they end."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from starlette.datastructures import State

from mlx_manager.mlx_server.api.responses_walk import Keep, keeper, record, told
from mlx_manager.mlx_server.api.walks import Spine, spine_of
from mlx_manager.mlx_server.core.elsewhere import Elsewhere
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.mlx_server.core.response_store import StoredResponse
from mlx_manager.mlx_server.dialects.responses.decode import ResponseCall
from mlx_manager.mlx_server.dialects.responses.stream_event import StreamEvent
from mlx_manager.mlx_server.dialects.responses.writer import ResponseWriter
from mlx_manager.mlx_server.errors import BadRequest, EngineFailed, ModelNotFound
from mlx_manager.mlx_server.generate import generate
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.pool import ModelPoolManager

logger = logging.getLogger(__name__)

ENDED_KEPT = 32
"""Finished responses whose events can still be watched from any number on."""


class BackgroundResponse:
    """One response, shared by its walk and its watchers. A watcher holds a place in the list of
    events, so that nobody waits for a slow one."""

    def __init__(self, call: ResponseCall, keep: Keep) -> None:
        self.call = call
        self.writer = ResponseWriter(call)
        self.keep = keep
        self.task: asyncio.Task[None] | None = None
        self.is_over = False
        self._events: list[StreamEvent] = []
        self._bell = asyncio.Event()
        self.publish(*self.writer.queue())

    @property
    def id(self) -> str:
        """The response's."""
        return str(self.call.blank["id"])

    @property
    def owner(self) -> str:
        """The scope of who asked for it."""
        return self.call.request.principal.scope

    def publish(self, *events: StreamEvent) -> None:
        """Take events and wake the watchers."""
        self._events.extend(events)
        self._bell.set()
        self._bell = asyncio.Event()

    def end(self) -> None:
        """Nothing more will come."""
        self.is_over = True
        self.publish()

    async def watch(self, starting_after: int = -1) -> AsyncGenerator[StreamEvent, None]:
        """The events after a number, and those to come. Raises ``BadRequest`` when there are none
        and never will be."""
        cursor = starting_after + 1
        if self.is_over and cursor >= len(self._events):
            raise BadRequest(
                f"'starting_after' must be under {len(self._events) - 1}, the number of the last "
                "event.",
                param="starting_after",
            )
        while True:
            bell = self._bell
            if cursor < len(self._events):
                missed = self._events[cursor:]
                cursor += len(missed)
                for event in missed:
                    yield event
            elif self.is_over:
                return
            else:
                await bell.wait()


class BackgroundResponses:
    """All of them, by id; the last that ended stay for late watchers."""

    def __init__(self) -> None:
        self._responses: OrderedDict[str, BackgroundResponse] = OrderedDict()

    async def start(self, call: ResponseCall, state: State) -> BackgroundResponse:
        """Keep a response as queued in the app's store and begin it. Raises ``ModelNotFound``."""
        await _check_model(call, state)
        response = BackgroundResponse(call, keeper(state.responses, call))
        await response.keep(record(call, response.writer))
        self._responses[response.id] = response
        # Its request is over when the response is, however long its client stays.
        (record_of_request := current_record()).hold()
        response.task = asyncio.create_task(self._run(response, spine_of(state)))
        response.task.add_done_callback(lambda _: record_of_request.release())
        return response

    def find(self, owner: str, response_id: str) -> BackgroundResponse | None:
        """One that runs or has ended lately."""
        response = self._responses.get(response_id)
        return response if response is not None and response.owner == owner else None

    async def cancel(self, response: BackgroundResponse) -> None:
        """End a response, keeping what it said; one that has ended stays as it is."""
        if await self._stop(response):
            response.writer.cancel()
            await response.keep(record(response.call, response.writer))
            response.end()

    async def forget(self, response: BackgroundResponse) -> None:
        """End a response and keep nothing of it."""
        await self._stop(response)
        response.end()
        self._responses.pop(response.id, None)

    async def close(self) -> None:
        """End everything that runs; it has failed, and is kept so."""
        for response in list(self._responses.values()):
            if await self._stop(response):
                error = EngineFailed("The server was stopped while it wrote this response.")
                response.publish(*response.writer.fail(error))
                await response.keep(record(response.call, response.writer))
                response.end()

    async def _stop(self, response: BackgroundResponse) -> bool:
        """Whether it was still running."""
        task = response.task
        if task is None or response.is_over:
            return False
        task.cancel()
        await asyncio.wait({task})
        return not response.is_over

    async def _run(self, response: BackgroundResponse, spine: Spine) -> None:
        walk = told(response.call, response.writer, spine, response.keep, raises_early=False)
        try:
            async with aclosing(walk) as events:
                async for event in events:
                    response.publish(event)
        except Exception:  # a fault of ours: its watchers must not wait for ever
            logger.exception("Response %s ended unexpectedly", response.id)
        response.end()
        self._let_go()

    def _let_go(self) -> None:
        ended = [key for key, response in self._responses.items() if response.is_over]
        for key in ended[: max(0, len(ended) - ENDED_KEPT)]:
            del self._responses[key]


async def _check_model(call: ResponseCall, state: State) -> None:
    """A model that is not there is told at once, not when somebody fetches the answer."""
    request = call.request
    model, caller = request.model, request.principal
    pool: ModelPoolManager = state.pool
    elsewhere: Elsewhere = state.elsewhere
    check_access(caller, model)
    if caller.is_admin and await asyncio.to_thread(_is_folder, model):
        return
    try:
        await asyncio.to_thread(pool.find, model)
    except ModelNotFound:
        # Begun or not, a walk says that somebody takes the request.
        if elsewhere.answer(request, lambda: generate(request, pool), None) is None:
            raise


def _is_folder(model: ModelId) -> bool:
    return Path(model).expanduser().is_dir()


def interrupted(stored: StoredResponse) -> StoredResponse:
    """A response that was left unfinished when the server was killed has failed."""
    message = "The server stopped while it wrote this response."
    error = {"code": "server_error", "message": message}
    return StoredResponse({**stored.body, "status": "failed", "error": error}, stored.input_items)
