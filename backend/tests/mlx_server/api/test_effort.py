"""How hard to think, over HTTP: a script that would rather think, and a model that only can."""

from typing import Any

import httpx
import openai
import pytest

from tests.fakes.script import Say, Script
from tests.fakes.tiny_models import THINK_END_ID
from tests.mlx_server.api.conftest import THINKER
from tests.mlx_server.api.requests import chat, events, joined
from tests.mlx_server.conftest import MODEL, Server

THOUGHT = "abcdefgh" * 12
THINKING = Script.of(Say(f"<think>{THOUGHT}</think>Yes."))
"""A fake token is a byte."""


async def ask(client: httpx.AsyncClient, path: str, **fields: Any) -> dict[str, Any]:
    reply = await client.post(path, json={"model": MODEL, **fields})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


HI = [{"role": "user", "content": "Hi"}]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("effort", "kept"), [("none", 0), ("minimal", 60), ("low", 60), ("medium", 60), ("high", 96)]
)
async def test_an_effort_cuts_the_reasoning_at_its_share(
    server: Server, client: httpx.AsyncClient, effort: str, kept: int
) -> None:
    """Of 120 tokens: the floor is half of them, and four fifths are all of the thought."""
    server.engine.default = THINKING
    body = chat(max_tokens=120, reasoning_effort=effort)
    message = (await ask(client, "/chat/completions", **body))["choices"][0]["message"]
    assert (message.get("reasoning_content") or "") == THOUGHT[:kept]
    if 0 < kept < len(THOUGHT):
        # The marker took one character's place; the script goes on as if nothing had happened.
        assert message["content"].startswith(THOUGHT[kept + 1 :])


@pytest.mark.anyio
async def test_a_stream_is_cut_at_the_same_token(server: Server, client: httpx.AsyncClient) -> None:
    server.engine.default = THINKING
    body = chat(max_tokens=120, reasoning_effort="low", stream=True)
    reply = await client.post("/chat/completions", json=body)
    assert joined(events(reply.text), "reasoning_content") == THOUGHT[:60]


@pytest.mark.anyio
async def test_responses_and_messages_mean_the_same_by_an_effort(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = THINKING
    wanted = {"effort": "low"}
    told = await ask(client, "/responses", input="Hi", max_output_tokens=120, reasoning=wanted)
    assert told["output"][0]["content"][0]["text"] == THOUGHT[:60]
    assert told["usage"]["output_tokens_details"]["reasoning_tokens"] == 62  # with its markers
    message = await ask(client, "/messages", messages=HI, max_tokens=120, output_config=wanted)
    assert message["content"][0]["thinking"] == THOUGHT[:60]


@pytest.mark.anyio
async def test_an_anthropic_budget_wins_over_the_effort_and_disabled_is_none(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = THINKING
    asked: dict[str, Any] = {"messages": HI, "max_tokens": 120, "output_config": {"effort": "high"}}
    enabled = {"type": "enabled", "budget_tokens": 7}
    message = await ask(client, "/messages", **asked, thinking=enabled)
    assert message["content"][0]["thinking"] == THOUGHT[:7]
    message = await ask(client, "/messages", **asked, thinking={"type": "disabled"})
    assert [block["type"] for block in message["content"]] == ["text"]


@pytest.mark.anyio
async def test_without_an_effort_nothing_is_watched(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = THINKING
    await ask(client, "/chat/completions", **chat(max_tokens=120))
    await ask(client, "/chat/completions", **chat(max_tokens=120, reasoning_effort="max"))
    assert [spec.grammar for spec in server.engine.specs] == [None, None]


@pytest.mark.parametrize(
    ("effort", "most"), [("low", 60), ("medium", 60), ("high", 96), ("xhigh", 114)]
)
def test_a_model_that_would_think_for_ever_answers(
    real_sdk: openai.OpenAI, effort: Any, most: int
) -> None:
    """Its template opens the block, and a bias keeps it from closing that by itself."""
    asked: dict[str, Any] = {"model": THINKER, "messages": HI, "max_tokens": 120, "seed": 5}
    asked["logit_bias"] = {str(THINK_END_ID): -100}
    free = real_sdk.chat.completions.create(**asked, extra_body={"ignore_eos": True})
    assert not free.choices[0].message.content
    answer = real_sdk.chat.completions.create(
        **asked, reasoning_effort=effort, extra_body={"ignore_eos": True}
    )
    assert answer.choices[0].message.content
    assert answer.usage is not None
    details = answer.usage.completion_tokens_details
    assert details is not None
    assert details.reasoning_tokens == most + 1  # its end marker
    assert answer.usage.completion_tokens == 120


def test_no_effort_at_all_is_no_thought_at_all(real_sdk: openai.OpenAI) -> None:
    answer = real_sdk.responses.create(
        model=THINKER,
        input="Hi",
        max_output_tokens=40,
        reasoning={"effort": "none"},
        extra_body={"ignore_eos": True, "seed": 5},
    )
    assert [item.type for item in answer.output] == ["message"]
    assert answer.output_text
