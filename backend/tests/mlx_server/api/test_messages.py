"""What agents put on the wire that the reference does not tell, and every error's shape."""

import json
import re
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


async def test_fields_that_only_a_hosted_service_knows_are_no_error(
    client: httpx.AsyncClient,
) -> None:
    body = asked(
        [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}],
        metadata={"user_id": "user_" + "a" * 300},
        service_tier="auto",
        context_management={"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        output_config={"effort": "medium"},
        betas=["interleaved-thinking-2025-05-14"],
        mcp_servers=[],
        container=None,
        speed="fast",
        surprise=1,
        tools=[{**WEATHER, "type": "custom", "cache_control": {"type": "ephemeral"}}],
    )
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": "claude-code-20250219"}
    for route in (ROUTE, COUNT):
        reply = await client.post(f"{route}?beta=true", json=body, headers=headers)
        assert reply.status_code == 200, reply.text


async def test_nulls_mean_the_default(client: httpx.AsyncClient) -> None:
    names = ("system", "tools", "tool_choice", "thinking", "temperature", "top_p", "top_k")
    nulls = dict.fromkeys((*names, "stop_sequences", "stream", "metadata", "output_config"))
    assert (await client.post(ROUTE, json={**asked(), **nulls})).status_code == 200


async def test_tools_of_another_kind_are_passed_over(
    server: Server, client: httpx.AsyncClient
) -> None:
    hosted = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}
    reply = await client.post(ROUTE, json=asked(tools=[hosted, WEATHER]))
    assert reply.status_code == 200
    assert '"weather"' in prompt_of(server)
    assert "web_search" not in prompt_of(server)


async def test_no_choice_shows_no_tools(server: Server, client: httpx.AsyncClient) -> None:
    body = asked(tools=[WEATHER], tool_choice={"type": "none"})
    assert (await client.post(ROUTE, json=body)).status_code == 200
    assert "weather" not in prompt_of(server)


async def test_a_system_role_among_the_messages_is_understood(
    server: Server, client: httpx.AsyncClient
) -> None:
    body = asked(
        system="First.",
        messages=[
            {"role": "system", "content": [{"type": "text", "text": "Second."}]},
            {"role": "user", "content": "Hi"},
            {"role": "system", "content": "Later."},
        ],
    )
    assert (await client.post(ROUTE, json=body)).status_code == 200
    prompt = prompt_of(server)
    assert "<|im_start|>system\nFirst.\n\nSecond.<|im_end|>" in prompt
    assert "<|im_start|>user\nHi\n<system>\nLater.\n</system><|im_end|>" in prompt


async def test_a_billing_line_that_changes_leaves_the_prompt_the_same(
    server: Server, client: httpx.AsyncClient
) -> None:
    prompts = set()
    for checksum in ("00000", "1a2b3"):
        line = BILLING % checksum
        blocks = [{"type": "text", "text": line}, {"type": "text", "text": "You are an agent."}]
        for system in (blocks, f"{line}\nYou are an agent."):
            assert (await client.post(ROUTE, json=asked(system=system))).status_code == 200
            prompts.add(prompt_of(server))
    assert len(prompts) == 1
    assert "billing" not in prompts.pop()


async def test_eighty_kilobytes_of_prompt_and_sixty_tools_are_taken(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.context_length = 400_000
    tools = [
        {
            "name": f"tool_{at}",
            "description": "What it does. " * 20,
            "input_schema": {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "type": "object",
                "properties": {"path": {"type": "string", "description": "A path."}},
                "required": ["path"],
                "additionalProperties": False,
            },
        }
        for at in range(60)
    ]
    body = asked(system="Rules. " * 11_500, tools=tools, max_tokens=32_000, stream=True)
    reply = await client.post(f"{ROUTE}?beta=true", json=body)
    assert reply.status_code == 200
    assert reply.text.endswith('data: {"type":"message_stop"}\n\n')
    counted = await client.post(COUNT, json=body)
    assert counted.json() == {"input_tokens": len(server.engine.specs[-1].prompt)}


async def test_thinking_switches_the_template(server: Server, client: httpx.AsyncClient) -> None:
    closed = "<think>\n\n</think>\n\n"
    for thinking, is_closed in (
        ({"type": "disabled"}, True),
        ({"type": "enabled", "budget_tokens": 1024}, False),
        ({"type": "adaptive"}, False),
        (None, False),
    ):
        reply = await client.post(ROUTE, json=asked(thinking=thinking))
        assert reply.status_code == 200
        assert prompt_of(server).endswith(closed) is is_closed


async def test_a_message_has_an_id_and_the_request_a_name(client: httpx.AsyncClient) -> None:
    reply = await client.post(ROUTE, json=asked(), headers={"x-request-id": "mine-1"})
    assert re.fullmatch("msg_[0-9a-f]{24}", reply.json()["id"])
    assert reply.headers["request-id"] == reply.headers["x-request-id"] == "mine-1"
    assert "queue;dur=" in reply.headers["server-timing"]


async def test_half_an_emoji_is_mended(server: Server, client: httpx.AsyncClient) -> None:
    raw = json.dumps(asked("cut \ud83d off")).encode()
    assert (await client.post(ROUTE, content=raw)).status_code == 200
    assert "cut \ufffd off" in prompt_of(server)


async def test_a_last_message_of_the_assistants_is_where_the_answer_goes_on(
    server: Server, client: httpx.AsyncClient
) -> None:
    begun = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello, my"}]
    for route in (ROUTE, COUNT):
        assert (await client.post(route, json=asked(messages=begun))).status_code == 200
    assert prompt_of(server).endswith("<|im_start|>assistant\nHello, my")
    held = {"type": "json_schema", "schema": {"type": "object"}}
    refused = await client.post(ROUTE, json=asked(messages=begun, output_format=held))
    assert (refused.status_code, "'messages'" in error_of(refused)["message"]) == (400, True)


async def test_a_budget_for_thinking_is_watched_where_it_can_bind(
    server: Server, client: httpx.AsyncClient
) -> None:
    for budget, is_watched in ((20, True), (49, False), (1024, False)):
        thinking = {"type": "enabled", "budget_tokens": budget}
        assert (await client.post(ROUTE, json=asked(thinking=thinking))).status_code == 200
        assert (server.engine.specs[-1].grammar is not None) is is_watched
