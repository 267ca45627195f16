"""Whole exchanges with /responses on the wire, readable in ``tests/golden``.

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
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
GOLDEN = Path(__file__).parents[2] / "golden"
HEADERS = ("content-type", "cache-control", "server-timing", "retry-after")
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'

# A fake token is a byte; several at once read better.
GREETING = Script.of(Say("Hello!", 3))
THINKING = Script.of(Say("<think>\nLet me see.\n</think>\n\nYes.", 8))
CALLING = Script.of(Say(f"Let me look.\n{CALL}\n{CALL}", 8))
BROKEN = Script.of(Say("Half", 4), Fail(EngineFailed("The engine failed: a bad kernel.")))
BUSY = Overloaded("There is no room at present. Try again shortly.", retry_after_seconds=5)
SUMMED = {"reasoning": {"summary": "auto"}, "include": ["reasoning.encrypted_content"]}


def response(**fields: Any) -> dict[str, Any]:
    """A body."""
    return {"model": MODEL, "input": "Hi", **fields}


@dataclass(frozen=True)
class Exchange:
    """One request, and what the engine says to it."""

    name: str
    body: dict[str, Any]
    script: Script = GREETING
    submit_error: InferenceError | None = None


EXCHANGES = [
    Exchange("responses", response(instructions="Be kind.", metadata={"a": "b"})),
    Exchange("responses_stream", response(stream=True)),
    Exchange("responses_reasoning_stream", response(stream=True), THINKING),
    Exchange("responses_summary_stream", response(stream=True, **SUMMED), THINKING),
    Exchange("responses_tools", response(tools=[WEATHER]), CALLING),
    Exchange("responses_tools_stream", response(tools=[WEATHER], stream=True), CALLING),
    Exchange("responses_length_stream", response(max_output_tokens=3, stream=True)),
    Exchange("responses_error_early", response(stream=True), submit_error=BUSY),
    Exchange("responses_error_late", response(stream=True), BROKEN),
    Exchange("responses_error_whole", response(), BROKEN),
    Exchange("responses_error_field", response(temperature="hot")),
]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])
async def test_the_wire_is_as_it_was(
    server: Server, client: httpx.AsyncClient, exchange: Exchange
) -> None:
    server.engine.default = exchange.script
    server.engine.submit_error = exchange.submit_error
    reply = await client.post("/responses", json=exchange.body)
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
        "POST /v1/responses",
        json.dumps(exchange.body, indent=2),
        "",
        f"{reply.status_code} {reply.reason_phrase}",
        *(f"{name}: {reply.headers[name]}" for name in HEADERS if name in reply.headers),
        "",
        body,
    ]
    text = re.sub(r"call_[0-9a-f]{24}", "call_ID", "\n".join(lines))
    text = re.sub(r"(resp|msg|rs|fc)_[0-9a-f]{32}", r"\1_ID", text)
    return re.sub(r'"(created_at|completed_at)": \d+', r'"\1": 0', text)
