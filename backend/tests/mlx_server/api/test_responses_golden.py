"""Whole exchanges with /responses on the wire, readable in ``tests/golden``."""

from typing import Any

import httpx
import pytest

from tests.mlx_server.api.golden import BROKEN, BUSY, CALLING, THINKING, Exchange
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}

SUMMED = {"reasoning": {"summary": "auto"}, "include": ["reasoning.encrypted_content"]}


def response(**fields: Any) -> dict[str, Any]:
    """A body."""
    return {"model": MODEL, "input": "Hi", **fields}


EXCHANGES = [
    Exchange("responses", "/responses", response(instructions="Be kind.", metadata={"a": "b"})),
    Exchange("responses_stream", "/responses", response(stream=True)),
    Exchange("responses_reasoning_stream", "/responses", response(stream=True), THINKING),
    Exchange("responses_summary_stream", "/responses", response(stream=True, **SUMMED), THINKING),
    Exchange("responses_tools", "/responses", response(tools=[WEATHER]), CALLING),
    Exchange(
        "responses_tools_stream", "/responses", response(tools=[WEATHER], stream=True), CALLING
    ),
    Exchange("responses_length_stream", "/responses", response(max_output_tokens=3, stream=True)),
    Exchange("responses_error_early", "/responses", response(stream=True), submit_error=BUSY),
    Exchange("responses_error_late", "/responses", response(stream=True), BROKEN),
    Exchange("responses_error_whole", "/responses", response(), BROKEN),
    Exchange("responses_error_field", "/responses", response(temperature="hot")),
]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])
async def test_the_wire_is_as_it_was(
    server: Server, client: httpx.AsyncClient, exchange: Exchange
) -> None:
    await exchange.check(server, client)
