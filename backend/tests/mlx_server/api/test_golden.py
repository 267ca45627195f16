"""Whole conversations on the wire, readable in ``tests/golden``.

A change on purpose is written with ``UPDATE_GOLDEN=1`` and read in review.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed, InferenceError, Overloaded
from tests.fakes.script import Fail, Say, Script
from tests.mlx_server.api.requests import chat, completion
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
GOLDEN = Path(__file__).parents[2] / "golden"
HEADERS = ("content-type", "cache-control", "server-timing", "retry-after")
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'
NAMED: dict[str, Any] = {"tool_choice": {"type": "function", "function": {"name": "news"}}}
LOGPROBS: dict[str, Any] = {"logprobs": True, "top_logprobs": 2}
USAGE = {"include_usage": True}


# A fake token is a byte; several at once read better.
GREETING = Script.of(Say("Hello!", 3))
THINKING = Script.of(Say("<think>\nLet me see.\n</think>\n\nYes.", 8))
CALLING = Script.of(Say(f"Let me look.\n{CALL}\n{CALL}", 8))
HALF = Script.of(Say("<think>Hm.</think>\n\né"))
BROKEN = Script.of(Say("Half", 4), Fail(EngineFailed("The engine failed: a bad kernel.")))
BUSY = Overloaded("There is no room at present. Try again shortly.", retry_after_seconds=5)


@dataclass(frozen=True)
class Exchange:
    """One request, and what the engine says to it."""

    name: str
    path: str
    body: dict[str, Any]
    script: Script = GREETING
    submit_error: InferenceError | None = None


EXCHANGES = [
    Exchange("chat", "/chat/completions", chat()),
    Exchange("chat_stream", "/chat/completions", chat(stream=True, stream_options=USAGE)),
    Exchange("chat_reasoning", "/chat/completions", chat(), THINKING),
    Exchange("chat_reasoning_stream", "/chat/completions", chat(stream=True), THINKING),
    Exchange("chat_tools", "/chat/completions", chat(tools=[WEATHER]), CALLING),
    Exchange("chat_tools_stream", "/chat/completions", chat(tools=[WEATHER], stream=True), CALLING),
    Exchange("chat_tool_required_unknown", "/chat/completions", chat(tools=[WEATHER], **NAMED)),
    Exchange("chat_two", "/chat/completions", chat(n=2, seed=1)),
    Exchange("chat_logprobs", "/chat/completions", chat(**LOGPROBS), HALF),
    Exchange("chat_logprobs_stream", "/chat/completions", chat(**LOGPROBS, stream=True), HALF),
    Exchange("chat_format_unknown", "/chat/completions", chat(response_format={"type": "xml"})),
    Exchange("chat_length", "/chat/completions", chat(max_tokens=3)),
    Exchange("chat_error_early", "/chat/completions", chat(stream=True), submit_error=BUSY),
    Exchange("chat_error_late", "/chat/completions", chat(stream=True), BROKEN),
    Exchange("chat_error_whole", "/chat/completions", chat(), BROKEN),
    Exchange("chat_error_field", "/chat/completions", chat(temperature="hot")),
    Exchange("completion", "/completions", completion(echo=True)),
    Exchange("completion_logprobs", "/completions", completion(echo=True, logprobs=1), HALF),
    Exchange(
        "completion_logprobs_stream", "/completions", completion(logprobs=1, stream=True), HALF
    ),
    Exchange("completion_two_prompts", "/completions", completion(["Once", "Twice"])),
    Exchange("completion_stream", "/completions", completion(stream=True, stream_options=USAGE)),
]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])
async def test_the_wire_is_as_it_was(
    server: Server, client: httpx.AsyncClient, exchange: Exchange
) -> None:
    server.engine.default = exchange.script
    server.engine.submit_error = exchange.submit_error
    reply = await client.post(exchange.path, json=exchange.body)
    transcript = _transcript(exchange, reply)
    file = GOLDEN / f"{exchange.name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(transcript, encoding="utf-8")
    assert transcript == file.read_text(encoding="utf-8")


def _transcript(exchange: Exchange, reply: httpx.Response) -> str:
    body = reply.text
    if reply.headers["content-type"] == "application/json":
        body = json.dumps(reply.json(), indent=2, ensure_ascii=False) + "\n"
    lines = [
        f"POST /v1{exchange.path}",
        json.dumps(exchange.body, indent=2),
        "",
        f"{reply.status_code} {reply.reason_phrase}",
        *(f"{name}: {reply.headers[name]}" for name in HEADERS if name in reply.headers),
        "",
        body,
    ]
    text = re.sub(r"(chatcmpl-|cmpl-|call_)[0-9a-f]{24}", r"\1ID", "\n".join(lines))
    return re.sub(r'"created":( ?)\d+', r'"created":\g<1>0', text)
