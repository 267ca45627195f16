"""Requests that have nothing in common share a batch, and none can tell."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.mlx_server.api.conftest import RANDOM_MODEL
from tests.mlx_server.api.json_schemas import INTEGER, an_object
from tests.mlx_server.api.requests import chat, completion, events

pytestmark = pytest.mark.anyio
SCHEMA = an_object("a", "b", a=INTEGER, b={"enum": ["x", "y"]})
FORMAT = {"type": "json_schema", "json_schema": {"schema": SCHEMA}}
ADD: dict[str, Any] = {"type": "function", "function": {"name": "add", "parameters": SCHEMA}}
NAMED = {"type": "function", "function": {"name": "add"}}
MODELS = ("mlx-manager/guide", RANDOM_MODEL)


def requests(model: str) -> dict[str, dict[str, Any]]:
    """Sixteen requests to one model, by what each wants; tools only where the model has a form."""
    wishes: dict[str, dict[str, Any]] = {
        "greedy": {"temperature": 0},
        "greedy, longer": {"temperature": 0, "max_tokens": 40},
        "greedy with log-probabilities": {"temperature": 0, "logprobs": True, "top_logprobs": 3},
        "seeded": {"seed": 1},
        "seeded and hot": {"seed": 2, "temperature": 1.7},
        "a narrow nucleus": {"seed": 3, "top_p": 0.5},
        "a few candidates": {"seed": 4, "top_k": 5, "min_p": 0.01},
        "log-probabilities": {"seed": 5, "logprobs": True, "top_logprobs": 20},
        "a bias": {"seed": 6, "logit_bias": {"70": 6, "80": -100}},
        "penalties": {"seed": 7, "presence_penalty": 1.5, "frequency_penalty": 0.7},
        "a repetition penalty": {"temperature": 0, "repetition_penalty": 1.4},
        "a schema": {"seed": 8, "response_format": FORMAT},
        "a regular expression": {"seed": 9, "guided_regex": "[a-z]{4,9}"},
        "three choices": {"seed": 10, "n": 3},
        "a stop string": {"seed": 11, "stop": ["e", "zq"]},
    }
    bodies = {
        name: chat(f"{name}?", **{"model": model, "max_tokens": 16, **wish})
        for name, wish in wishes.items()
    }
    if model == RANDOM_MODEL:
        bodies["a completion"] = completion("Once", model=model, seed=12, logprobs=2, max_tokens=16)
    else:
        forced = {"seed": 12, "tools": [ADD], "tool_choice": NAMED, "max_tokens": 60}
        bodies["a tool"] = chat("a tool?", model=model, **forced)
    return bodies


def essence(body: Any) -> list[Any]:
    """What must not differ: everything of every choice but the ids of calls."""
    choices = []
    for choice in body["choices"]:
        message = choice.get("message", {"content": choice.get("text")})
        calls = [call["function"] for call in message.get("tool_calls", [])]
        said = message["content"], message.get("reasoning_content"), calls
        choices.append([said, choice["finish_reason"], _rounded(choice["logprobs"])])
    return [*choices, body["usage"]["prompt_tokens"], body["usage"]["completion_tokens"]]


def _rounded(value: Any) -> Any:
    """Sums of floats depend on the width of a batch in the last places."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, 2) if isinstance(value, float) else value


@pytest.mark.parametrize("model", MODELS)
async def test_each_request_gets_in_company_what_it_gets_alone(real_url: str, model: str) -> None:
    bodies = requests(model)
    assert len(bodies) == 16
    async with httpx.AsyncClient(base_url=real_url, timeout=120) as client:

        async def ask(body: dict[str, Any]) -> httpx.Response:
            route = "/completions" if "prompt" in body else "/chat/completions"
            reply = await client.post(route, json=body)
            assert reply.status_code == 200, reply.text
            return reply

        async def ask_all(bodies: dict[str, dict[str, Any]]) -> dict[str, httpx.Response]:
            replies = await asyncio.gather(*(ask(body) for body in bodies.values()))
            return dict(zip(bodies, replies, strict=True))

        alone = {name: essence((await ask(body)).json()) for name, body in bodies.items()}
        together = await ask_all(bodies)
        # Others begin and end at other moments; now every prompt's prefix is known, too.
        backwards = await ask_all(dict(reversed(bodies.items())))
        streams = await ask_all({name: {**b, "stream": True} for name, b in bodies.items()})
    for name, answer in alone.items():
        assert essence(together[name].json()) == answer, name
        assert essence(backwards[name].json()) == answer, name
        assert streamed(streams[name].text) == spoken(together[name].json()), name


def spoken(body: Any) -> list[Any]:
    """What each choice says, without its log-probabilities."""
    choices = []
    for choice in body["choices"]:
        message = choice.get("message", {"content": choice.get("text")})
        calls = [list(call["function"].values()) for call in message.get("tool_calls", [])]
        reasoning = message.get("reasoning_content") or ""
        choices.append([message["content"] or "", reasoning, calls, choice["finish_reason"]])
    return choices


def streamed(text: str) -> list[Any]:
    """The same, put together from the chunks of a stream."""
    choices: dict[int, list[Any]] = {}
    chunks = [chunk for chunk in events(text) if chunk != "[DONE]"]
    for part in (part for chunk in chunks for part in chunk["choices"]):
        choice = choices.setdefault(part["index"], ["", "", [], None])
        delta = part.get("delta", {"content": part.get("text")})
        choice[0] += delta.get("content") or ""
        choice[1] += delta.get("reasoning_content") or ""
        for call in delta.get("tool_calls", []):
            if "name" in call["function"]:
                choice[2].append([call["function"]["name"], ""])
            choice[2][-1][1] += call["function"].get("arguments") or ""
        choice[3] = part["finish_reason"] or choice[3]
    return [choices[index] for index in sorted(choices)]
