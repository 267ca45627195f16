"""``functions`` and ``function_call``: asked in the old form, answered in it."""

import json
from typing import Any

import httpx
import pytest

from tests.fakes.script import Script
from tests.mlx_server.api.requests import CALL, chat, events, joined
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
ROUTE = "/chat/completions"
WEATHER: Any = {
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
OSLO = {"name": "weather", "arguments": '{"city": "Oslo"}'}


def prompt_of(server: Server) -> str:
    return server.engine.tokenizer.decode(server.engine.specs[-1].prompt.token_ids)


async def test_a_call_is_a_function_call(server: Server, client: httpx.AsyncClient) -> None:
    server.engine.default = Script.of(f"Let me look.\n{CALL}{CALL}")
    choice = (await client.post(ROUTE, json=chat(functions=[WEATHER]))).json()["choices"][0]
    message = choice["message"]
    assert json.loads(message["function_call"].pop("arguments")) == {"city": "Oslo"}
    assert message["function_call"] == {"name": "weather"}
    assert message["content"] == "Let me look."
    assert "tool_calls" not in message
    assert choice["finish_reason"] == "function_call"


async def test_a_streamed_call_names_the_function_once(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of(CALL)
    reply = await client.post(ROUTE, json=chat(functions=[WEATHER], stream=True))
    chunks = events(reply.text)
    deltas = [c["choices"][0]["delta"] for c in chunks[:-1]]
    calls = [delta["function_call"] for delta in deltas if "function_call" in delta]
    assert [call["name"] for call in calls if "name" in call] == ["weather"]
    assert json.loads("".join(call["arguments"] for call in calls)) == {"city": "Oslo"}
    assert joined(chunks, "content") == ""
    assert chunks[-2]["choices"][0]["finish_reason"] == "function_call"


async def test_none_hides_them_and_an_answer_without_a_call_is_as_ever(
    server: Server, client: httpx.AsyncClient
) -> None:
    body = chat(functions=[WEATHER], function_call="none")
    choice = (await client.post(ROUTE, json=body)).json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("Hello!", "stop")
    assert "weather" not in prompt_of(server)
    await client.post(ROUTE, json=chat(functions=[WEATHER]))
    assert "weather" in prompt_of(server)


async def test_the_earlier_call_and_its_result_are_part_of_the_conversation(
    server: Server, client: httpx.AsyncClient
) -> None:
    turns = [
        {"role": "user", "content": "Oslo?"},
        {"role": "assistant", "content": None, "function_call": OSLO},
        {"role": "function", "name": "weather", "content": "Rain."},
    ]
    reply = await client.post(ROUTE, json=chat(messages=turns, functions=[WEATHER]))
    assert reply.status_code == 200
    assert "Rain." in prompt_of(server)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"functions": "weather"}, "functions"),
        ({"functions": [7]}, "functions[0]"),
        ({"functions": [{}]}, "functions[0].name"),
        ({"functions": [WEATHER], "tools": []}, "functions"),
        ({"functions": [WEATHER], "function_call": "weather"}, "function_call"),
        ({"functions": [WEATHER], "function_call": {"name": "other"}}, "function_call"),
        ({"functions": [WEATHER], "function_call": [1]}, "function_call"),
        ({"function_call": {"name": "weather"}}, "function_call"),
        ({"messages": [{"role": "assistant", "function_call": 7}]}, "messages[0].function_call"),
        (
            {"messages": [{"role": "assistant", "function_call": {"name": "f", "arguments": "{"}}]},
            "messages[0].function_call.function.arguments",
        ),
        ({"modalities": ["audio"]}, "modalities"),
        ({"modalities": "text"}, "modalities"),
    ],
)
async def test_what_is_wrong_is_named(
    client: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    reply = await client.post(ROUTE, json=chat(**fields))
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param), reply.text
