"""Whole messages on the wire, readable in ``tests/golden``."""

from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.script import Fail, Prefill, Say, Script
from tests.mlx_server.api.golden import BUSY, CALL, Exchange
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
WEATHER = {
    "name": "weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}

# A fake token is a byte; several at once read better.
PROMPT = Prefill(0, 21)
GREETING = Script.of(PROMPT, Say("Hello!", 3))
THINKING = Script.of(PROMPT, Say("<think>\nLet me see.\n</think>\n\nYes.", 8))
CALLING = Script.of(Prefill(0, 204), Say(f"Let me look.\n{CALL}\n{CALL}", 8))
COUNTING = Script.of(Say("One. Two. Three.", 4))
BROKEN = Script.of(PROMPT, Say("Half", 4), Fail(EngineFailed("The engine failed: a bad kernel.")))


def asked(**fields: Any) -> dict[str, Any]:
    """A body with one user turn."""
    turn = {"role": "user", "content": "Hi"}
    return {"model": MODEL, "max_tokens": 200, "messages": [turn], **fields}


EXCHANGES = [
    Exchange("messages", "/messages", asked(), GREETING),
    Exchange("messages_stream", "/messages", asked(stream=True), GREETING),
    Exchange("messages_thinking", "/messages", asked(), THINKING),
    Exchange("messages_thinking_stream", "/messages", asked(stream=True), THINKING),
    Exchange("messages_tools", "/messages", asked(tools=[WEATHER]), CALLING),
    Exchange("messages_tools_stream", "/messages", asked(tools=[WEATHER], stream=True), CALLING),
    Exchange("messages_stop_sequence", "/messages", asked(stop_sequences=[" Three"]), COUNTING),
    Exchange("messages_length_stream", "/messages", asked(max_tokens=3, stream=True), GREETING),
    Exchange("messages_error_early", "/messages", asked(stream=True), submit_error=BUSY),
    Exchange("messages_error_late", "/messages", asked(stream=True), BROKEN),
    Exchange("messages_error_whole", "/messages", asked(), BROKEN),
    Exchange("messages_error_field", "/messages", asked(temperature=2), GREETING),
    Exchange("messages_count", "/messages/count_tokens", asked(tools=[WEATHER])),
]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])
async def test_the_wire_is_as_it_was(
    server: Server, client: httpx.AsyncClient, exchange: Exchange
) -> None:
    await exchange.check(server, client)
