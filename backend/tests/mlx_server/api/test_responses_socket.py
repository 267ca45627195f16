"""The WebSocket mode of /responses: the real SDK, and what it would never send."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from mlx_manager.mlx_server.errors import EngineFailed, Unauthorized
from tests.fakes.script import Fail, Forever, Script
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def socket(server: Server) -> AsyncIterator[ClientConnection]:
    """One plain connection."""
    async with connect(f"{server.url.replace('http', 'ws')}/responses") as connection:
        yield connection


async def told(socket: ClientConnection, **message: Any) -> list[dict[str, Any]]:
    """Send one message and read its events to the last."""
    await socket.send(json.dumps({"type": "response.create", "model": MODEL, **message}))
    events: list[dict[str, Any]] = []
    while not events or not events[-1]["type"].endswith(("completed", "failed", "incomplete")):
        events.append(json.loads(await socket.recv()))
        if events[-1]["type"] == "error" and "error" in events[-1]:
            break
    return events


async def test_the_sdk_holds_a_conversation_on_one_socket(server: Server) -> None:
    async with (
        openai.AsyncOpenAI(base_url=server.url, api_key="x") as sdk,
        sdk.responses.connect() as connection,
    ):
        previous: Any = openai.omit
        for said in ("I am Ada.", "Who am I?"):
            await connection.response.create(
                model=MODEL, input=said, store=False, previous_response_id=previous
            )
            async for event in connection:
                if event.type == "response.completed":
                    previous = event.response.id
                    assert event.response.output_text == "Hello!"
                    break
    spec = server.engine.specs[-1]
    prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert "I am Ada." in prompt
    assert "Who am I?" in prompt


async def test_messages_are_answered_in_turn_and_in_their_lanes(socket: ClientConnection) -> None:
    for lane in ("a", "b"):
        message = {"type": "response.create", "model": MODEL, "input": "Hi", "stream_id": lane}
        await socket.send(json.dumps(message))
    lanes = []
    while len(lanes) < 2:
        event = json.loads(await socket.recv())
        if event["type"] == "response.completed":
            lanes.append(event["stream_id"])
    assert lanes == ["a", "b"]


async def test_a_warm_up_generates_nothing_and_can_be_continued(
    server: Server, socket: ClientConnection
) -> None:
    warm = await told(socket, input="I am Ada.", generate=False)
    assert [event["type"] for event in warm] == [
        "response.created",
        "response.in_progress",
        "response.completed",
    ]
    assert server.engine.specs == []
    then = await told(socket, input="?", previous_response_id=warm[-1]["response"]["id"])
    assert then[-1]["type"] == "response.completed"
    spec = server.engine.specs[-1]
    assert "I am Ada." in spec.model.tokenizer.decode(spec.prompt.token_ids)


async def test_a_wrong_message_is_an_error_and_the_socket_goes_on(
    server: Server, socket: ClientConnection
) -> None:
    for text, param in (
        ("no JSON", None),
        ("[]", "type"),
        ('{"type": "response.steer"}', "type"),
        ('{"type": "response.create"}', "model"),
        (json.dumps({"type": "response.create", "model": MODEL}), "input"),
        (b"\xff\x00", None),
    ):
        await socket.send(text)
        event = json.loads(await socket.recv())
        assert (event["type"], event["status"], event["error"]["param"]) == ("error", 400, param)
    refused = await told(socket, input="Hi", background=True)
    assert refused[-1]["error"]["param"] == "background"
    server.engine.default = Script.of(Fail(EngineFailed("It broke.")))
    assert (await told(socket, input="Hi"))[-1]["status"] == 500
    server.engine.default = Script.of("Half", Fail(EngineFailed("It broke.")))
    assert (await told(socket, input="Hi"))[-1]["type"] == "response.failed"
    server.engine.default = Script.of("Fine.")
    assert (await told(socket, input="Hi"))[-1]["type"] == "response.completed"


async def test_leaving_stops_the_sequence(server: Server, socket: ClientConnection) -> None:
    server.engine.default = Script.of(Forever())
    message = {"type": "response.create", "model": MODEL, "input": "Hi", "max_output_tokens": 4000}
    await socket.send(json.dumps(message))
    await socket.recv()
    await socket.close()
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0)


async def test_who_may_not_call_is_refused_at_the_handshake(server: Server) -> None:
    async def nobody(headers: Any) -> Any:
        raise Unauthorized("A key is required.")

    server.app.state.authenticate = nobody
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"{server.url.replace('http', 'ws')}/responses"):
            pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["error"]["code"] == "invalid_api_key"
