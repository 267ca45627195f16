"""One response walked to its end: spine -> writer -> events, kept before its last event is told."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from mlx_manager.mlx_server.api.errors import translate
from mlx_manager.mlx_server.api.walks import Spine
from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.response_store import ResponseStore, StoredResponse
from mlx_manager.mlx_server.dialects.responses.decode import ResponseCall
from mlx_manager.mlx_server.dialects.responses.stream_event import StreamEvent
from mlx_manager.mlx_server.dialects.responses.turns import without_oldest
from mlx_manager.mlx_server.dialects.responses.writer import ResponseWriter
from mlx_manager.mlx_server.errors import ContextExceeded, InferenceError

logger = logging.getLogger(__name__)

Keep = Callable[[StoredResponse], Awaitable[None]]

_PARAMS = {
    "messages": "input",
    "prompt": "input",
    "response_format": "text.format",
    "response_format.json_schema.schema": "text.format.schema",
}


def keeper(store: ResponseStore, call: ResponseCall, *, always: bool = False) -> Keep:
    """Saves what is to be stored, or ``always`` where the store itself tells the two apart. A full
    disk does not take an answer from its reader."""
    owner = call.request.principal.scope

    async def keep(stored: StoredResponse) -> None:
        if call.store or always:
            try:
                await store.save(owner, stored)
            except Exception:
                logger.exception("Response %s could not be stored", stored.id)

    return keep


def record(call: ResponseCall, writer: ResponseWriter) -> StoredResponse:
    """The response as it is now, to be kept."""
    return StoredResponse(writer.body, call.input_items)


async def told(
    call: ResponseCall,
    writer: ResponseWriter,
    spine: Spine,
    keep: Keep,
    *,
    raises_early: bool = True,
) -> AsyncGenerator[StreamEvent, None]:
    """The typed events. An error before the first is raised (unless ``raises_early`` is False),
    a later one is the end of the response."""
    begun = not raises_early
    try:
        async with aclosing(_walk(call, writer, spine)) as events:
            async for event in events:
                begun = True
                if event.is_last:
                    await keep(record(call, writer))
                yield event
    except Exception as error:
        if not begun:
            raise
        failed = writer.fail(_translated(error, call))
        await keep(record(call, writer))
        for event in failed:
            yield event


async def whole(call: ResponseCall, writer: ResponseWriter, spine: Spine, keep: Keep) -> None:
    """To the end, with nobody watching. Raises ``InferenceError``."""
    async with aclosing(_walk(call, writer, spine)) as events:
        async for _ in events:
            pass
    await keep(record(call, writer))


async def _walk(
    call: ResponseCall, writer: ResponseWriter, spine: Spine
) -> AsyncGenerator[StreamEvent, None]:
    if not call.generate:
        for told_event in writer.prepared():
            yield told_event
        return
    try:
        async with aclosing(_generated(call, spine)) as events:
            async for event in events:
                for told_event in writer.write(event):
                    yield told_event
    except InferenceError as error:
        # The spine speaks of chat's fields.
        error.param = _PARAMS.get(error.param or "", error.param)
        raise


async def _generated(call: ResponseCall, spine: Spine) -> AsyncGenerator[GenerationEvent, None]:
    """The spine; with ``truncation: auto`` again with fewer turns while they are too many."""
    request = call.request
    while True:
        try:
            async with aclosing(spine(request)) as events:
                async for event in events:
                    yield event
            return
        except ContextExceeded:
            fewer = without_oldest(request.messages or ()) if call.truncates else None
            if fewer is None:
                raise
            request = replace(request, messages=fewer)


def _translated(error: Exception, call: ResponseCall) -> InferenceError:
    return translate(error, {"state": {"request_id": call.request.request_id}})
