"""Whatever a client sends to /responses: a 4xx that names the problem, never a 5xx."""

import json
import random
from typing import Any

import httpx
import pytest

from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
PATH = "/responses"
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}}
IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}


def response(given: Any = "Hi", **fields: Any) -> dict[str, Any]:
    """A body."""
    return {"model": MODEL, "input": given, **fields}


def item(**fields: Any) -> dict[str, Any]:
    """A body whose only item is this one."""
    return response([fields])


FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"input": "Hi"}, "model"),
    ({"model": MODEL}, "input"),
    (response(7), "input"),
    (response([]), "input"),
    (response(["Hi"]), "input[0]"),
    (item(content="Hi"), "input[0].type"),
    (item(role="robot", content="Hi"), "input[0].role"),
    (item(role="user"), "input[0].content"),
    (item(role="user", content=[IMAGE]), "input[0].content[0]"),
    (item(role="user", content=[{"type": "input_text"}]), "input[0].content[0].text"),
    (item(type="function_call", name="f"), "input[0].call_id"),
    (item(type="function_call", call_id="c"), "input[0].name"),
    (item(type="function_call", call_id="c", name="f", arguments=7), "input[0].arguments"),
    (item(type="function_call_output", output="x"), "input[0].call_id"),
    (item(type="function_call_output", call_id="c"), "input[0].output"),
    (item(type="function_call_output", call_id="c", output=[IMAGE]), "input[0].output[0]"),
    (item(type="reasoning", summary="x"), "input[0].summary"),
    (item(type="item_reference", id="msg_1"), "input[0].id"),
    (response(previous_response_id="resp_1"), "previous_response_id"),
    (response(previous_response_id=7), "previous_response_id"),
    (response(conversation="conv_1"), "conversation"),
    (response(prompt={"id": "pmpt_1"}), "prompt"),
    (response(background=True, store=False), "store"),
    (response(instructions=["x"]), "instructions"),
    (response(temperature=3), "temperature"),
    (response(top_p=-1), "top_p"),
    (response(top_logprobs=21), "top_logprobs"),
    (response(max_output_tokens=0), "max_output_tokens"),
    (response(metadata={"a": 1}), "metadata.a"),
    (response(metadata=[1]), "metadata"),
    (response(truncation="some"), "truncation"),
    (response(stream="yes"), "stream"),
    (response(tools="f"), "tools"),
    (response(tools=[7]), "tools[0]"),
    (response(tools=[{"type": "function"}]), "tools[0].name"),
    (response(tools=[{**TOOL, "parameters": []}]), "tools[0].parameters"),
    (response(tool_choice="some"), "tool_choice"),
    (response(tool_choice="required"), "tool_choice"),
    (response(tools=[TOOL], tool_choice={"type": "function", "name": "g"}), "tool_choice.name"),
    (response(tool_choice=[7]), "tool_choice"),
    (response(text={"format": {"type": "xml"}}), "text.format.type"),
    (response(text={"format": "json"}), "text.format"),
    (response(text={"format": {"type": "json_schema", "name": "x"}}), "text.format.schema"),
    (response(reasoning={"effort": "huge"}), "reasoning.effort"),
    (response(reasoning={"summary": "long"}), "reasoning.summary"),
    (response(reasoning="low"), "reasoning"),
]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_wrong_field_is_a_400_that_names_it(
    client: httpx.AsyncClient, stream: bool
) -> None:
    for body, param in FIELDS:
        reply = await client.post(PATH, json={"stream": stream, **body})
        error = reply.json()["error"]
        assert (reply.status_code, error["param"]) == (400, param), (body, error)
        assert error["type"] == "invalid_request_error"
        assert param.split("[")[0].split(".")[0] in error["message"]
        assert len(error["message"]) < 400


async def test_what_only_a_hosted_service_can_do_is_passed_over(
    server: Server, client: httpx.AsyncClient
) -> None:
    tools = [
        {"type": kind}
        for kind in ("web_search", "namespace", "custom", "mcp", "image_generation", "shell", "?")
    ]
    given = [
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
        {"type": "compaction", "encrypted_content": "secret"},
        {"role": "user", "content": "Hi"},
    ]
    body = response(
        given,
        tools=[*tools, TOOL],
        tool_choice={"type": "web_search"},
        surprise={"a": 1},
        include=["file_search_call.results"],
        client_metadata={"x": "y"},
        context_management=[{"type": "compaction"}],
        service_tier="flex",
    )
    reply = await client.post(PATH, json=body)
    assert reply.status_code == 200, reply.text
    assert [tool["name"] for tool in reply.json()["tools"]] == ["f"]
    spec = server.engine.specs[-1]
    prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert "web_search" not in prompt
    assert "secret" not in prompt


async def test_a_list_of_allowed_tools_hides_the_others(
    server: Server, client: httpx.AsyncClient
) -> None:
    tools = [TOOL, {**TOOL, "name": "other"}]
    allowed = {
        "type": "allowed_tools",
        "mode": "auto",
        "tools": [{"type": "function", "name": "f"}],
    }
    for choice, shown in ((allowed, ["f"]), ("none", []), ("auto", ["f", "other"])):
        reply = await client.post(PATH, json=response(tools=tools, tool_choice=choice))
        assert reply.json()["tool_choice"] == choice
        spec = server.engine.specs[-1]
        prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
        assert [name for name in ("f", "other") if f'"name": "{name}"' in prompt] == shown


async def test_unknown_ids_and_methods_have_the_same_shape(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/responses/resp_0"),
        ("GET", "/responses/resp_0?stream=true"),
        ("DELETE", "/responses/resp_0"),
        ("POST", "/responses/resp_0/cancel"),
        ("GET", "/responses/resp_0/input_items"),
        ("GET", "/responses/%00'%20OR%201"),
    ):
        reply = await client.request(method, path)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found"), path
    for path in (
        "/responses/resp_0/input_items?limit=0",
        "/responses/resp_0?stream=maybe",
        "/responses/resp_0?stream=true&starting_after=x",
    ):
        assert (await client.get(path)).status_code == 400
    assert (await client.get(PATH)).status_code == 405


SEED_BODIES: list[dict[str, Any]] = [
    response(
        [
            {
                "type": "message",
                "role": "developer",
                "content": [{"type": "input_text", "text": "a"}],
            },
            {"role": "user", "content": "Hi"},
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "4"},
        ],
        tools=[TOOL, {"type": "web_search"}],
        tool_choice={"type": "allowed_tools", "mode": "auto", "tools": [{"name": "f"}]},
        text={"format": {"type": "text"}, "verbosity": "low"},
        reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content"],
        metadata={"a": "b"},
    ),
    response(
        temperature=0.5,
        top_p=0.9,
        top_logprobs=2,
        max_output_tokens=9,
        stream=True,
        truncation="auto",
        store=True,
        parallel_tool_calls=False,
        instructions="Be brief.",
        previous_response_id=None,
        background=False,
    ),
]
STRANGE: list[Any] = [
    None, True, 0, -1, 1.5, 10**20, "", "x", "\x00", "\ud83d", [], {}, [None], {"type": None},
    {"id": 7}, {"type": ["message"]}, [[]], "resp_" + "0" * 32, {"type": "function"}, [{}],
    {"type": "item_reference", "id": "msg_1"}, "é" * 99,
]  # fmt: skip


def mutated(value: Any, dice: random.Random) -> Any:
    """The same body with one thing in it replaced, dropped or doubled."""
    if dice.random() < 0.25 or not isinstance(value, (dict, list)) or not value:
        return dice.choice(STRANGE)
    if isinstance(value, list):
        at = dice.randrange(len(value))
        if dice.random() < 0.2:
            return value + value
        return [*value[:at], mutated(value[at], dice), *value[at + 1 :]]
    key = dice.choice(sorted(value))
    if dice.random() < 0.15:
        return {name: part for name, part in value.items() if name != key}
    return {**value, key: mutated(value[key], dice)}


async def test_mutated_bodies_never_break_the_server(client: httpx.AsyncClient) -> None:
    dice = random.Random(3)
    answered = 0
    for _ in range(300):
        body = mutated(dice.choice(SEED_BODIES), dice)
        reply = await client.post(PATH, content=json.dumps(body).encode())
        assert reply.status_code < 500, (body, reply.text)
        if reply.status_code == 200:
            answered += 1
            assert "Hello!" in reply.text or "max_output_tokens" in reply.text
        else:
            error = reply.json()["error"]
            assert error.keys() == {"message", "type", "param", "code"}, (body, error)
    assert 30 < answered < 270
