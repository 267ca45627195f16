"""Whole messages on the wire, readable in ``tests/golden``.

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
from tests.fakes.script import Fail, Prefill, Say, Script
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
GOLDEN = Path(__file__).parents[2] / "golden"
HEADERS = ("content-type", "cache-control", "server-timing", "retry-after")
WEATHER = {
    "name": "weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'

# A fake token is a byte; several at once read better.
PROMPT = Prefill(0, 21)
GREETING = Script.of(PROMPT, Say("Hello!", 3))
THINKING = Script.of(PROMPT, Say("<think>\nLet me see.\n</think>\n\nYes.", 8))
CALLING = Script.of(Prefill(0, 204), Say(f"Let me look.\n{CALL}\n{CALL}", 8))
COUNTING = Script.of(Say("One. Two. Three.", 4))
BROKEN = Script.of(PROMPT, Say("Half", 4), Fail(EngineFailed("The engine failed: a bad kernel.")))
BUSY = Overloaded("There is no room at present. Try again shortly.", retry_after_seconds=5)


def asked(**fields: Any) -> dict[str, Any]:
    """A body with one user turn."""
    turn = {"role": "user", "content": "Hi"}
    return {"model": MODEL, "max_tokens": 200, "messages": [turn], **fields}


@dataclass(frozen=True)
class Exchange:
    """One request, and what the engine says to it."""

    name: str
    body: dict[str, Any]
    script: Script = GREETING
    submit_error: InferenceError | None = None
    route: str = "/messages"


EXCHANGES = [
    Exchange("messages", asked()),
    Exchange("messages_stream", asked(stream=True)),
    Exchange("messages_thinking", asked(), THINKING),
    Exchange("messages_thinking_stream", asked(stream=True), THINKING),
    Exchange("messages_tools", asked(tools=[WEATHER]), CALLING),
    Exchange("messages_tools_stream", asked(tools=[WEATHER], stream=True), CALLING),
    Exchange("messages_stop_sequence", asked(stop_sequences=[" Three"]), COUNTING),
    Exchange("messages_length_stream", asked(max_tokens=3, stream=True)),
    Exchange("messages_error_early", asked(stream=True), submit_error=BUSY),
    Exchange("messages_error_late", asked(stream=True), BROKEN),
    Exchange("messages_error_whole", asked(), BROKEN),
    Exchange("messages_error_field", asked(temperature=2)),
    Exchange("messages_count", asked(tools=[WEATHER]), route="/messages/count_tokens"),
]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])
async def test_the_wire_is_as_it_was(
    server: Server, client: httpx.AsyncClient, exchange: Exchange
) -> None:
    server.engine.default = exchange.script
    server.engine.submit_error = exchange.submit_error
    reply = await client.post(exchange.route, json=exchange.body)
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
        f"POST /v1{exchange.route}",
        json.dumps(exchange.body, indent=2),
        "",
        f"{reply.status_code} {reply.reason_phrase}",
        *(f"{name}: {reply.headers[name]}" for name in HEADERS if name in reply.headers),
        "",
        body,
    ]
    return re.sub(r"(msg_|req_|call_)[0-9a-f]{24}", r"\1ID", "\n".join(lines))
