"""The WebSocket mode of /responses: ``response.create`` messages in, typed events out.

One response at a time, in the order asked for; leaving stops the one under way. What is not to be
stored can still be continued on the same socket.
https://developers.openai.com/api/docs/guides/websocket-mode
"""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from mlx_manager.mlx_server.api.body import parse_json
from mlx_manager.mlx_server.api.errors import render, translate
from mlx_manager.mlx_server.api.recording import new_record
from mlx_manager.mlx_server.api.responses_context import prepare
from mlx_manager.mlx_server.api.responses_memory import MemoryResponseStore, lineage_of
from mlx_manager.mlx_server.api.responses_walk import keeper, told
from mlx_manager.mlx_server.api.walks import spine_of
from mlx_manager.mlx_server.core.ids import RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.record import CLIENT_LEFT, current_record, recording
from mlx_manager.mlx_server.core.response_store import ResponseStore, StoredResponse
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.dialects.responses.stream_event import as_json
from mlx_manager.mlx_server.dialects.responses.writer import ResponseWriter
from mlx_manager.mlx_server.errors import BadRequest, InferenceError

router = APIRouter(tags=["responses"])

MOST_WAITING = 64
_POLICY_VIOLATION = 1008


class SocketStore:
    """The kept responses, and before them those that live as long as their socket."""

    def __init__(self, kept: ResponseStore) -> None:
        self._kept = kept
        self._own = MemoryResponseStore()

    async def save(self, owner: str, stored: StoredResponse) -> None:
        """Where it is to be kept."""
        store: ResponseStore = self._kept if stored.body["store"] else self._own
        await store.save(owner, stored)

    async def get(self, owner: str, response_id: str) -> StoredResponse | None:
        """One response of this owner."""
        own = await self._own.get(owner, response_id)
        return own if own is not None else await self._kept.get(owner, response_id)

    async def lineage(self, owner: str, response_id: str) -> Sequence[StoredResponse]:
        """A response and all that it continues, oldest first."""
        return await lineage_of(self, owner, response_id)

    async def delete(self, owner: str, response_id: str) -> bool:
        """Forget a response."""
        return await self._own.delete(owner, response_id)


@router.websocket("/responses")
async def response_socket(socket: WebSocket) -> None:
    """Serve one socket until its client leaves."""
    try:
        await _caller(socket)
    except InferenceError as error:
        await socket.send_denial_response(render(error, socket.scope))
        return
    await socket.accept()
    inbox: asyncio.Queue[str] = asyncio.Queue()
    reading = asyncio.create_task(_read(socket, inbox))
    answering = asyncio.create_task(_answer_all(socket, inbox))
    try:
        await asyncio.wait((reading, answering), return_when=asyncio.FIRST_COMPLETED)
    finally:
        reading.cancel()
        answering.cancel()
        # Their clean-up is done when the socket is: nothing outlives it.
        await asyncio.gather(reading, answering, return_exceptions=True)


async def _read(socket: WebSocket, inbox: asyncio.Queue[str]) -> None:
    """Until the client leaves, or asks for more than it waits for."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if inbox.qsize() >= MOST_WAITING:
            await socket.close(_POLICY_VIOLATION, f"over {MOST_WAITING} messages are waiting")
            return
        text = message.get("text")
        inbox.put_nowait(text if text is not None else message["bytes"].decode("utf-8", "replace"))


async def _caller(socket: WebSocket) -> Principal:
    """Who is asking at this moment: a key may have been revoked since the last message."""
    caller: Principal = await socket.app.state.authenticate(socket.headers)
    return caller


async def _answer_all(socket: WebSocket, inbox: asyncio.Queue[str]) -> None:
    store = SocketStore(socket.app.state.responses)
    while True:
        text = await inbox.get()
        name = RequestId(f"req_{secrets.token_hex(12)}")
        # Each message is a request of its own.
        with recording(new_record(socket.scope, name, "WEBSOCKET")) as record:
            record.status = CLIENT_LEFT
            record.keep_text(text)
            try:
                async with aclosing(_answer(socket, store, text, name)) as frames:
                    async for frame in frames:
                        await socket.send_text(frame)
            except WebSocketDisconnect:
                return
            record.status = 200 if record.error is None else record.status


async def _answer(
    socket: WebSocket, store: ResponseStore, text: str, name: RequestId
) -> AsyncGenerator[str, None]:
    """The frames of one message: its events, or one error."""
    lane: dict[str, Any] = {}
    try:
        caller = current_record().principal = await _caller(socket)
        message = _read_message(text)
        if isinstance(message.get("stream_id"), str):
            lane = {"stream_id": message["stream_id"]}
        await caller.allowance.admit()
        pool = socket.app.state.pool
        call = await prepare(
            message, store=store, profiles=pool.profiles, request_id=name, caller=caller
        )
        check(not call.background, "'background' is not available on a socket.", "background")
        keep = keeper(store, call, always=True)
        walk = told(call, ResponseWriter(call), spine_of(socket.app.state), keep)
        async with aclosing(walk) as events:
            async for event in events:
                yield _in_lane(event.text, lane)
    except Exception as error:
        known = translate(error, {"state": {"request_id": name}})
        yield as_json({"type": "error", "status": known.status, **known.to_openai(), **lane})


def _read_message(text: str) -> dict[str, Any]:
    message = parse_json(text.encode("utf-8", "replace"))
    kind = message.get("type") if isinstance(message, dict) else None
    if kind != "response.create":
        raise BadRequest(
            f'A message must be an object of type "response.create"; got type {shown(kind)}.',
            param="type",
        )
    return {**message, "stream": True}


def _in_lane(text: str, lane: dict[str, Any]) -> str:
    return f"{text[:-1]}, {json.dumps(lane)[1:]}" if lane else text
