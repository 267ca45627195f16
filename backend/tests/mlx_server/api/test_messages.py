"""Wrong bodies, callers and failures of Messages: every error in its shape."""

import json
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.api.local_access import StaticKey
from mlx_manager.mlx_server.errors import (
    EngineFailed,
    Forbidden,
    InferenceError,
    InsufficientMemory,
    Overloaded,
    Unauthorized,
)
from tests.fakes.script import Fail, Script
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
ROUTE, COUNT = "/messages", "/messages/count_tokens"
WEATHER = {"name": "weather", "input_schema": {"type": "object", "properties": {}}}
BILLING = "x-anthropic-billing-header: cc_version=2.1.37; cc_entrypoint=cli; cch=%s;"
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}}


def asked(text: Any = "Hi", **fields: Any) -> dict[str, Any]:
    """A body with one user turn."""
    turn = {"role": "user", "content": text}
    return {"model": MODEL, "max_tokens": 50, "messages": [turn], **fields}


def turn(**message: Any) -> dict[str, Any]:
    """A body whose only message is this one."""
    return asked(messages=[message])


def prompt_of(server: Server) -> str:
    """The last prompt that the engine got, as text."""
    return server.engine.tokenizer.decode(server.engine.specs[-1].prompt.token_ids)


def error_of(reply: httpx.Response) -> dict[str, Any]:
    """The error of a reply, whose shape and names are checked."""
    body = reply.json()
    assert set(body) == {"type", "error", "request_id"}
    assert body["type"] == "error"
    assert body["request_id"] == reply.headers["request-id"] == reply.headers["x-request-id"]
    assert set(body["error"]) == {"type", "message"}
    error: dict[str, Any] = body["error"]
    return error


FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"max_tokens": 5, "messages": [{"role": "user", "content": "Hi"}]}, "model"),
    ({"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}, "max_tokens"),
    (asked(max_tokens=0), "max_tokens"),
    (asked(max_tokens="9"), "max_tokens"),
    (asked(max_tokens=None), "max_tokens"),
    ({"model": MODEL, "max_tokens": 5}, "messages"),
    (asked(messages=[]), "messages"),
    (asked(messages={}), "messages"),
    (asked(messages=["Hi"]), "messages[0]"),
    (turn(content="Hi"), "messages[0].role"),
    (turn(role="tool", content="Hi"), "messages[0].role"),
    (turn(role=["user"], content="Hi"), "messages[0].role"),
    (turn(role="user"), "messages[0].content"),
    (asked(7), "messages[0].content"),
    (asked([]), "messages[0].content"),
    (asked(["Hi"]), "messages[0].content[0]"),
    (asked([{"type": "text"}]), "messages[0].content[0].text"),
    (asked([{"type": "hologram"}]), "messages[0].content[0]"),
    (asked([IMAGE]), "messages[0].content[0]"),
    (asked([{"type": "document", "source": {"type": "base64"}}]), "messages[0].content[0]"),
    (asked([{"type": "tool_result"}]), "messages[0].content[0].tool_use_id"),
    (
        asked([{"type": "tool_result", "tool_use_id": "a", "content": [IMAGE]}]),
        "messages[0].content[0].content[0]",
    ),
    (
        turn(role="assistant", content=[{"type": "tool_use", "id": "a", "input": {}}]),
        "messages[0].content[0].name",
    ),
    (
        turn(role="assistant", content=[{"type": "tool_use", "id": "a", "name": "f", "input": 1}]),
        "messages[0].content[0].input",
    ),
    (turn(role="assistant", content=[{"type": "thinking"}]), "messages[0].content[0].thinking"),
    (asked(system=7), "system"),
    (asked(system=[{"type": "text", "text": 7}]), "system[0].text"),
    (asked(stream="yes"), "stream"),
    (asked(temperature=1.5), "temperature"),
    (asked(temperature="hot"), "temperature"),
    (asked(top_p=2), "top_p"),
    (asked(top_k=-1), "top_k"),
    (asked(stop_sequences="x"), "stop_sequences"),
    (asked(stop_sequences=[""]), "stop_sequences[0]"),
    (asked(stop_sequences=["a", 1]), "stop_sequences[1]"),
    (asked(stop_sequences=["a"] * 65), "stop_sequences"),
    (asked(tools="weather"), "tools"),
    (asked(tools=[7]), "tools[0]"),
    (asked(tools=[{}]), "tools[0].name"),
    (asked(tools=[{"name": "f"}]), "tools[0].input_schema"),
    (asked(tools=[{**WEATHER, "description": 7}]), "tools[0].description"),
    (asked(tools=[WEATHER], tool_choice="any"), "tool_choice.type"),
    (asked(tools=[WEATHER], tool_choice={"type": "some"}), "tool_choice.type"),
    (asked(tools=[WEATHER], tool_choice={"type": "tool", "name": "f"}), "tool_choice.name"),
    (asked(tool_choice={"type": "any"}), "tool_choice"),
    (asked(thinking=True), "thinking.type"),
    (asked(thinking={"type": "deep"}), "thinking.type"),
    (asked(thinking={"type": "enabled", "budget_tokens": "all"}), "thinking.budget_tokens"),
    (asked(output_config={"effort": "huge"}), "output_config.effort"),
    (asked(output_config={"format": {"type": "xml"}}), "output_config.format"),
    (asked(output_format={"type": "json_schema"}), "output_format.schema"),
]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_wrong_field_is_a_400_that_names_it(
    client: httpx.AsyncClient, stream: bool
) -> None:
    for body, param in FIELDS:
        reply = await client.post(ROUTE, json={"stream": stream, **body})
        error = error_of(reply)
        assert (reply.status_code, error["type"]) == (400, "invalid_request_error"), (body, error)
        assert param in error["message"], (param, error)
        assert len(error["message"]) < 400
    assert (await client.post(ROUTE, json=asked())).status_code == 200


async def test_a_picture_is_refused_with_the_reason(client: httpx.AsyncClient) -> None:
    reply = await client.post(ROUTE, json=asked([{"type": "text", "text": "What?"}, IMAGE]))
    assert "this model takes text only" in error_of(reply)["message"]


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (Unauthorized("Who?"), "authentication_error"),
        (Forbidden("Not you."), "permission_error"),
        (Overloaded("Full.", retry_after_seconds=7), "overloaded_error"),
        (EngineFailed("Broken."), "api_error"),
        (InsufficientMemory("Too big."), "api_error"),
    ],
    ids=lambda value: getattr(value, "code", value),
)
async def test_an_error_before_the_first_byte_keeps_its_status(
    server: Server, client: httpx.AsyncClient, raised: InferenceError, kind: str
) -> None:
    server.engine.submit_error = raised
    for stream in (False, True):
        reply = await client.post(ROUTE, json=asked(stream=stream))
        assert (reply.status_code, error_of(reply)["type"]) == (raised.status, kind)
        assert raised.headers().items() <= reply.headers.items()


async def test_an_error_after_the_first_byte_is_the_last_event(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of("Half", Fail(Overloaded("No room.")))
    reply = await client.post(ROUTE, json=asked(stream=True))
    *_, last, empty = reply.text.split("\n\n")
    name, data = last.split("\n")
    body = json.loads(data.removeprefix("data: "))
    assert (reply.status_code, name, empty) == (200, "event: error", "")
    assert body["error"] == {"type": "overloaded_error", "message": "No room."}
    assert body["request_id"] == reply.headers["request-id"]


async def test_everything_under_messages_has_anthropics_errors(client: httpx.AsyncClient) -> None:
    missing = await client.post("/messages/batches", json={})
    wrong = await client.get(ROUTE)
    unknown = await client.post(ROUTE, json=asked(model="claude-none"))
    large = await client.post(ROUTE, json=asked("x" * 13_000_000))
    garbled = await client.post(COUNT, content=b"{")
    kinds = [error_of(reply)["type"] for reply in (missing, wrong, unknown, large, garbled)]
    assert kinds == [
        "not_found_error",
        "invalid_request_error",
        "not_found_error",
        "request_too_large",
        "invalid_request_error",
    ]
    statuses = [reply.status_code for reply in (missing, wrong, unknown, large, garbled)]
    assert statuses == [404, 405, 404, 413, 400]
    assert "error" in (await client.post("/messagesx", json={})).json()


async def test_a_key_comes_in_either_header(server: Server, client: httpx.AsyncClient) -> None:
    server.app.state.authenticate = StaticKey("secret")
    for headers in ({"x-api-key": "secret"}, {"authorization": "Bearer secret"}):
        for route in (ROUTE, COUNT):
            reply = await client.post(route, json=asked(), headers=headers)
            assert reply.status_code == 200
    refused = await client.post(ROUTE, json=asked(), headers={"x-api-key": "guess"})
    assert (refused.status_code, error_of(refused)["type"]) == (401, "authentication_error")


async def test_an_unexpected_failure_shows_no_traceback(
    server: Server, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(headers: Any) -> Any:
        raise ZeroDivisionError("secret")

    server.app.state.authenticate = broken
    reply = await client.post(ROUTE, json=asked())
    assert (reply.status_code, error_of(reply)["type"]) == (500, "api_error")
    assert "secret" not in reply.text
    assert "ZeroDivisionError" in caplog.text
