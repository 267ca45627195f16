"""Calls that must be made, one at a time or several, with the guide model behind a real socket."""

import json
from typing import Any

import httpx
import jsonschema
import openai
import pytest

from tests.mlx_server.api.conftest import RANDOM_MODEL
from tests.mlx_server.api.json_schemas import INTEGER, an_object
from tests.mlx_server.api.requests import chat, events

CHAT = "/chat/completions"
PARAMETERS = {
    "weather": an_object("city", city={"enum": ["Oslo", 'Rome "R"']}, days=INTEGER),
    "add": an_object("a", "b", a=INTEGER, b=INTEGER),
    "the end/of-it.all": an_object(),
}
UNREFUSED = {"type": "object", "properties": {"a": {"not": {"const": 1}}}}


def tool(name: str, *, strict: bool | None = None, **changes: Any) -> dict[str, Any]:
    """One function of the table."""
    function = {"name": name, "parameters": PARAMETERS.get(name, {}), **changes}
    if strict is not None:
        function["strict"] = strict
    return {"type": "function", "function": function}


TOOLS = [tool(name) for name in PARAMETERS]


def named(name: str) -> dict[str, Any]:
    """A choice of one function."""
    return {"type": "function", "function": {"name": name}}


def ask(real: httpx.Client, *, bias: dict[str, int] | None = None, **fields: Any) -> Any:
    """The first choice of a hot chat completion; the model may not think, which nothing rules."""
    (think,) = _ids(real, "<think>")
    biased = {str(think): -100, **(bias or {})}
    warm = {"temperature": 2, "max_tokens": 120, "logit_bias": biased}
    body = chat("What can you do?", **{**warm, **fields})
    reply = real.post(CHAT, json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()["choices"][0]


def check(call: Any) -> None:
    """A call's arguments are what its tool takes."""
    function = call["function"]
    jsonschema.validate(json.loads(function["arguments"]), PARAMETERS[function["name"]])


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_named_tool_is_called_once(real: httpx.Client, name: str) -> None:
    for seed in range(3):
        choice = ask(real, tools=TOOLS, tool_choice=named(name), seed=seed)
        (call,) = choice["message"]["tool_calls"]
        assert (call["function"]["name"], choice["finish_reason"]) == (name, "tool_calls")
        assert choice["message"]["content"] is None
        check(call)


def test_a_required_call_is_made_whatever_the_model_would_say(real: httpx.Client) -> None:
    plain = ask(real, tools=TOOLS, temperature=0, max_tokens=20)
    assert plain["message"].get("tool_calls") is None
    seen = set()
    for seed in range(4):
        choice = ask(real, tools=TOOLS, tool_choice="required", seed=seed)
        assert choice["message"]["content"] is None
        *whole, last = choice["message"]["tool_calls"]
        for call in whole if choice["finish_reason"] == "length" else [*whole, last]:
            check(call)
            seen.add(call["function"]["name"])
    assert seen


def test_without_parallel_calls_there_is_one(real: httpx.Client) -> None:
    for seed in range(4):
        choice = ask(
            real, tools=TOOLS, tool_choice="required", parallel_tool_calls=False, seed=seed
        )
        assert len(choice["message"]["tool_calls"]) == 1
        assert choice["finish_reason"] == "tool_calls"


def test_a_call_streams_name_first_and_no_markup_leaks(real: httpx.Client) -> None:
    body = chat(
        "What can you do?", tools=TOOLS, tool_choice=named("add"), stream=True, temperature=0
    )
    text = real.post(CHAT, json=body).text
    assert "tool_call>" not in text
    calls = [
        chunk["choices"][0]["delta"]["tool_calls"][0]
        for chunk in events(text)[:-1]
        if "tool_calls" in chunk["choices"][0]["delta"]
    ]
    assert calls[0]["function"] == {"name": "add", "arguments": ""}
    assert len(calls) > 3
    assert all("name" not in call["function"] for call in calls[1:])
    written = "".join(call["function"]["arguments"] for call in calls)
    jsonschema.validate(json.loads(written), PARAMETERS["add"])


def test_strict_tools_are_enforced_when_the_model_chooses_to_call(real: httpx.Client) -> None:
    strict = [tool(name, strict=True) for name in PARAMETERS]
    (start,) = _ids(real, "<tool_call>")
    for seed in range(4):
        choice = ask(real, tools=strict, seed=seed, bias={str(start): 100})
        check(choice["message"]["tool_calls"][0])


def test_what_a_strict_tool_cannot_promise_is_a_400_and_a_loose_one_lets_pass(
    real: httpx.Client,
) -> None:
    loose = [tool("weather", parameters=UNREFUSED)]
    strict = [tool("weather", parameters=UNREFUSED, strict=True)]
    body = chat(tools=strict, max_tokens=2)
    for choice in ("auto", "required"):
        reply = real.post(CHAT, json={**body, "tool_choice": choice})
        assert (reply.status_code, reply.json()["error"]["param"]) == (400, "tools")
        assert '"not"' in reply.json()["error"]["message"]
    assert ask(real, tools=loose, tool_choice="required", max_tokens=2)


def test_a_format_and_tools_leave_the_model_the_choice(real: httpx.Client) -> None:
    wanted = {"type": "json_schema", "json_schema": {"schema": PARAMETERS["add"]}}
    (start,) = _ids(real, "<tool_call>")
    for bias in (-100, 100):
        choice = ask(
            real,
            tools=TOOLS,
            response_format=wanted,
            seed=1,
            bias={str(start): bias},
            parallel_tool_calls=False,
        )
        if bias < 0:
            jsonschema.validate(json.loads(choice["message"]["content"]), PARAMETERS["add"])
        else:
            check(choice["message"]["tool_calls"][0])


def test_a_model_without_a_call_format_says_so(real: httpx.Client) -> None:
    body = chat(model=RANDOM_MODEL, tools=TOOLS, max_tokens=2)
    for choice in ("required", "auto"):
        reply = real.post(CHAT, json={**body, "tool_choice": choice})
        assert (reply.status_code, reply.json()["error"]["param"]) == (400, "tools")
        assert '"tools": false' in reply.json()["error"]["message"]
    assert real.post(CHAT, json={**body, "tool_choice": "none"}).status_code == 200


def test_the_sdk_runs_a_required_call(real_url: str) -> None:
    choice: Any = named("weather")
    tools: Any = [tool("weather", strict=True)]
    with (
        openai.OpenAI(base_url=real_url, api_key="x", max_retries=0) as sdk,
        sdk.chat.completions.stream(
            model="mlx-manager/guide",
            messages=[{"role": "user", "content": "The weather in Oslo?"}],
            tools=tools,
            tool_choice=choice,
            temperature=0,
        ) as stream,
    ):
        whole = stream.get_final_completion()
    (call,) = whole.choices[0].message.tool_calls or []
    assert call.function.parsed_arguments == json.loads(call.function.arguments)
    assert whole.choices[0].finish_reason == "tool_calls"


def _ids(real: httpx.Client, text: str) -> list[int]:
    body = {"model": "mlx-manager/guide", "prompt": text}
    ids: list[int] = real.post("/tokenize", json=body).json()["tokens"]
    return ids
