"""Chat and completions on the wire, readable in ``tests/golden``."""

from typing import Any

import httpx
import pytest

from tests.fakes.script import Say, Script
from tests.mlx_server.api.golden import BROKEN, BUSY, CALLING, THINKING, Exchange
from tests.mlx_server.api.requests import chat, completion
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
NAMED: dict[str, Any] = {"tool_choice": {"type": "function", "function": {"name": "news"}}}
LOGPROBS: dict[str, Any] = {"logprobs": True, "top_logprobs": 2}
USAGE = {"include_usage": True}
HALF = Script.of(Say("<think>Hm.</think>\n\né"))

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
    await exchange.check(server, client)
