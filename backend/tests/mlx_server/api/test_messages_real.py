"""The Anthropic SDK and the guide model, on MLX: nothing stands in for anything."""

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest

from tests.mlx_server.conftest import MODEL

WEATHER: Any = {
    "name": "get_weather",
    "description": "Get the weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
    },
}
ASKED: Any = {
    "model": MODEL,
    "max_tokens": 120,
    "messages": [{"role": "user", "content": "What is the weather in Oslo?"}],
    "extra_body": {"temperature": 0},
}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"enum": ["Oslo", "Rome"]}, "warm": {"type": "boolean"}},
    "required": ["city", "warm"],
    "additionalProperties": False,
}


@pytest.fixture
def sdk(real_url: str) -> Iterator[anthropic.Anthropic]:
    """The synchronous client, without retries."""
    url = real_url.removesuffix("/v1")
    with anthropic.Anthropic(base_url=url, api_key="x", max_retries=0) as client:
        yield client


def test_a_message_is_the_same_streamed(sdk: anthropic.Anthropic) -> None:
    whole = sdk.messages.create(**ASKED, system="Be brief.")
    with sdk.messages.stream(**ASKED, system="Be brief.") as stream:
        streamed = stream.get_final_message()
    assert whole.stop_reason == streamed.stop_reason == "end_turn"
    assert [b.to_dict() for b in whole.content] == [b.to_dict() for b in streamed.content]
    assert whole.usage.output_tokens == streamed.usage.output_tokens > 1


def test_counted_tokens_are_those_of_the_prompt(sdk: anthropic.Anthropic) -> None:
    counted = sdk.messages.count_tokens(
        model=MODEL, messages=ASKED["messages"], system="Be brief.", tools=[WEATHER]
    )
    used = sdk.messages.create(**ASKED, system="Be brief.", tools=[WEATHER]).usage
    assert counted.input_tokens == used.input_tokens + (used.cache_read_input_tokens or 0)


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_required_tool_is_called(sdk: anthropic.Anthropic, choice: Any) -> None:
    once = {**choice, "disable_parallel_tool_use": True}
    with sdk.messages.stream(**ASKED, tools=[WEATHER], tool_choice=once) as stream:
        message = stream.get_final_message()
    (call,) = message.content
    assert call.type == "tool_use"
    assert message.stop_reason == "tool_use"
    assert call.name == "get_weather"
    assert isinstance(call.input["city"], str)


def test_a_format_is_kept(sdk: anthropic.Anthropic) -> None:
    wanted: Any = {"format": {"type": "json_schema", "schema": SCHEMA}}
    message = sdk.messages.create(**ASKED, output_config=wanted)
    (text,) = message.content
    assert text.type == "text"
    answer = json.loads(text.text)
    assert answer["city"] in ("Oslo", "Rome")
    assert isinstance(answer["warm"], bool)


def test_a_format_that_cannot_be_enforced_is_a_400(sdk: anthropic.Anthropic) -> None:
    wanted: Any = {"format": {"type": "json_schema", "schema": {"not": {"type": "string"}}}}
    with pytest.raises(anthropic.BadRequestError, match="cannot be enforced"):
        sdk.messages.create(**ASKED, output_config=wanted)


def test_thinking_comes_first_and_within_its_budget(sdk: anthropic.Anthropic) -> None:
    thoughts = []
    for budget in (100, 2):
        thinking: Any = {"type": "enabled", "budget_tokens": budget}
        message = sdk.messages.create(**ASKED, thinking=thinking)
        thought = message.content[0]
        assert thought.type == "thinking"
        details = message.usage.output_tokens_details
        assert details is not None
        thoughts.append((thought.thinking, details.thinking_tokens))
    (free, many), (bound, few) = thoughts
    assert free.startswith(bound)
    assert few < many
    assert few <= 2 + 4  # the markers, and a newline beside each, count as the model's reasoning


def test_an_answer_that_was_begun_goes_on(sdk: anthropic.Anthropic) -> None:
    """Greedy, and cut at a word: the rest is the one that the whole answer had."""
    whole = _text(sdk.messages.create(**ASKED))
    half = whole[: whole.index(" ", len(whole) // 2)]
    begun = [*ASKED["messages"], {"role": "assistant", "content": half}]
    rest = _text(sdk.messages.create(**{**ASKED, "messages": begun}))
    assert half + rest == whole


def _text(message: anthropic.types.Message) -> str:
    block = message.content[0]
    assert block.type == "text"
    return block.text


def test_a_billing_line_does_not_cost_the_cached_prefix(real: httpx.Client) -> None:
    line = "x-anthropic-billing-header: cc_version=2.1; cch=%d;"
    rules = "Answer in one short sentence. " * 150
    reads = []
    for turn in range(2):
        system = [{"type": "text", "text": line % turn}, {"type": "text", "text": rules}]
        body = {**ASKED, "system": system, "max_tokens": 4}
        reply = real.post("/messages", json=body)
        assert reply.status_code == 200, reply.text
        reads.append(reply.json()["usage"]["cache_read_input_tokens"])
    assert reads[0] == 0
    assert reads[1] > 500
