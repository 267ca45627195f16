"""Real bodies, broken in a hundred places: never a 5xx, and every error in Anthropic's shape."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
ROUNDS = 300
BODY: dict[str, Any] = {
    "model": GUIDE_MODEL_ID,
    "max_tokens": 20,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "The weather?"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Look it up.", "signature": ""},
                {"type": "redacted_thinking", "data": "AA"},
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Oslo"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_1",
                    "is_error": False,
                    "content": [{"type": "text", "text": "18 degrees"}],
                },
                {"type": "document", "source": {"type": "text", "data": "Oslo."}, "title": "A"},
            ],
        },
    ],
    "tools": [
        {
            "name": "weather",
            "description": "The weather in a city.",
            "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
        {"type": "web_search_20250305", "name": "web_search"},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 10, "display": "summarized"},
    "stop_sequences": ["\n\nHuman:"],
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 40,
    "stream": True,
    "metadata": {"user_id": "me"},
    "output_config": {"effort": "low"},
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "text",
    "x" * 3000,
    "\x00\u2028\U0001f600",
    [],
    {},
    [[]],
    [None],
    ["text"],
    {"type": "image"},
    {"type": None},
    [{"type": "text", "text": "Hi"}],
]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a body."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def mutated(chance: random.Random) -> dict[str, Any]:
    """The body with one to three things replaced, removed, doubled or moved."""
    body = copy.deepcopy(BODY)
    for _ in range(chance.randint(1, 3)):
        found = list(places(body))
        if not found:
            break
        container, key = chance.choice(found)
        match chance.randrange(4):
            case 0 | 1:
                container[key] = copy.deepcopy(chance.choice(ODD))
            case 2:
                del container[key]
            case _:
                other, source = chance.choice(found)
                if source in other if isinstance(other, dict) else source < len(other):
                    container[key] = copy.deepcopy(other[source])
    return body


@pytest.mark.parametrize("route", ["/messages", "/messages/count_tokens"])
async def test_no_mutated_body_is_a_5xx(
    server: Server, client: httpx.AsyncClient, route: str
) -> None:
    chance = random.Random(route)
    statuses: dict[int, int] = {}
    for _ in range(ROUNDS):
        body = mutated(chance)
        reply = await client.post(route, json=body)
        statuses[reply.status_code] = statuses.get(reply.status_code, 0) + 1
        assert reply.status_code < 500, (body, reply.text)
        if reply.status_code == 200:
            assert "event: error" not in reply.text
            continue
        error = reply.json()
        assert (error["type"], set(error["error"])) == ("error", {"type", "message"}), body
        assert error["request_id"] == reply.headers["request-id"]
    assert min(statuses.get(200, 0), statuses.get(400, 0)) > ROUNDS // 10, statuses
    assert server.leases() == 0
