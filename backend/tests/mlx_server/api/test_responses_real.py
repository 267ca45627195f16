"""The real SDK, and behind the real socket the real engine: formats and required calls hold
whatever the weights would like to say."""

import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel, Field

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from tests.mlx_server.api.conftest import RANDOM_MODEL

WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"enum": ["Oslo", "Rome"]}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Verdict(BaseModel):
    """Small enough that random weights come to its end."""

    ok: bool
    score: int = Field(ge=0, le=9)


def test_random_weights_follow_a_schema(real_sdk: openai.OpenAI) -> None:
    parsed = real_sdk.responses.parse(
        model=RANDOM_MODEL, input="Well?", text_format=Verdict, max_output_tokens=200
    )
    assert parsed.status == "completed"
    assert isinstance(parsed.output_parsed, Verdict)


def test_a_json_object_is_one_or_is_cut_short(real_sdk: openai.OpenAI) -> None:
    whole = real_sdk.responses.create(
        model=RANDOM_MODEL,
        input="Well?",
        text={"format": {"type": "json_object"}},
        max_output_tokens=60,
    )
    assert whole.output_text.startswith("{")
    if whole.status == "completed":
        assert isinstance(json.loads(whole.output_text), dict)
    else:
        assert whole.incomplete_details is not None
        assert whole.incomplete_details.reason == "max_output_tokens"


def test_a_schema_that_cannot_be_enforced_is_named(real_sdk: openai.OpenAI) -> None:
    text: Any = {"format": {"type": "json_schema", "name": "p", "schema": {"type": "strange"}}}
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as bad:
            real_sdk.responses.create(model=GUIDE_MODEL_ID, input="Hi", text=text, stream=stream)
        assert bad.value.param == "text.format.schema"


def test_a_required_call_is_made_and_its_result_continued(real_sdk: openai.OpenAI) -> None:
    for choice in ("required", {"type": "function", "name": "weather"}):
        first = real_sdk.responses.create(
            model=GUIDE_MODEL_ID, input="Well?", tools=[WEATHER], tool_choice=choice
        )
        [call] = [item for item in first.output if item.type == "function_call"][:1]
        assert json.loads(call.arguments)["city"] in ("Oslo", "Rome")
        result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "18"}
        second = real_sdk.responses.create(
            model=GUIDE_MODEL_ID,
            input=[result],
            previous_response_id=first.id,
            max_output_tokens=8,
        )
        assert second.status in ("completed", "incomplete")


def test_the_guide_says_the_same_streamed_and_whole_and_its_second_turn_is_cached(
    real_sdk: openai.OpenAI,
) -> None:
    asked: dict[str, Any] = {"model": GUIDE_MODEL_ID, "temperature": 0, "max_output_tokens": 24}
    whole = real_sdk.responses.create(input="What can you do?", **asked)
    with real_sdk.responses.stream(input="What can you do?", **asked) as stream:
        texts = [event.delta for event in stream if event.type == "response.output_text.delta"]
    assert "".join(texts) == whole.output_text
    told: Any = [{"role": "developer", "content": "Answer in one sentence. " * 40}]
    first = real_sdk.responses.create(input=[*told, {"role": "user", "content": "Hi"}], **asked)
    second = real_sdk.responses.create(input="Why?", previous_response_id=first.id, **asked)
    assert first.usage is not None
    assert second.usage is not None
    assert second.usage.input_tokens > first.usage.input_tokens
    assert second.usage.input_tokens_details.cached_tokens > 100


def test_log_probabilities_belong_to_the_text(real_sdk: openai.OpenAI) -> None:
    whole = real_sdk.responses.create(
        model=GUIDE_MODEL_ID,
        input="Hi",
        temperature=0,
        max_output_tokens=12,
        top_logprobs=2,
        include=["message.output_text.logprobs"],
    )
    [message] = [item for item in whole.output if item.type == "message"]
    part = message.content[0]
    assert part.type == "output_text"
    assert part.logprobs
    assert "".join(entry.token for entry in part.logprobs) == part.text
    assert all(entry.top_logprobs[0].logprob == entry.logprob for entry in part.logprobs)
