"""Responses that continue one another, through the real OpenAI SDK: stored, named, made shorter."""

from typing import Any

import openai
import pytest
from openai.types.responses import ResponseFunctionToolCall

from tests.fakes.script import Script
from tests.mlx_server.api.requests import CALL, FLAT_WEATHER, THINKING
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio


def prompt_of(server: Server, which: int = -1) -> str:
    """What the model was shown."""
    spec = server.engine.specs[which]
    return spec.model.tokenizer.decode(spec.prompt.token_ids)


async def test_a_tool_result_reaches_the_model(server: Server, sdk: openai.AsyncOpenAI) -> None:
    server.engine.scripts["18 degrees"] = Script.of("It is 18 degrees.")
    server.engine.default = Script.of(CALL)
    first = await sdk.responses.create(model=MODEL, input="Weather in Oslo?", tools=[FLAT_WEATHER])
    call = first.output[0]
    assert isinstance(call, ResponseFunctionToolCall)
    assert (call.name, call.arguments) == ("weather", '{"city": "Oslo"}')
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "18 degrees"}
    second = await sdk.responses.create(
        model=MODEL, input=[result], previous_response_id=first.id, tools=[FLAT_WEATHER]
    )
    assert second.output_text == "It is 18 degrees."
    by_hand: Any = [{"role": "user", "content": "Weather in Oslo?"}, *first.output, result]
    third = await sdk.responses.create(
        model=MODEL, input=by_hand, tools=[FLAT_WEATHER], store=False
    )
    assert third.output_text == "It is 18 degrees."
    assert prompt_of(server, -1) == prompt_of(server, -2)


async def test_a_conversation_goes_on_without_its_instructions(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    first = await sdk.responses.create(model=MODEL, input="I am Ada.", instructions="Be brief.")
    second = await sdk.responses.create(
        model=MODEL, input="Who am I?", previous_response_id=first.id, instructions="Be long."
    )
    prompt = prompt_of(server)
    assert "Be brief." not in prompt
    places = [prompt.index(text) for text in ("Be long.", "I am Ada.", "Hello!", "Who am I?")]
    assert places == sorted(places)
    listed = [item async for item in sdk.responses.input_items.list(second.id, order="asc")]
    assert [item.type for item in listed] == ["message"] * 3
    newest = [item.id async for item in sdk.responses.input_items.list(second.id, limit=1)]
    assert newest == [item.id for item in reversed(listed)]


async def test_a_reference_stands_for_the_item(server: Server, sdk: openai.AsyncOpenAI) -> None:
    server.engine.default = Script.of(THINKING)
    first = await sdk.responses.create(model=MODEL, input="Is it?")
    references: Any = [{"type": "item_reference", "id": item.id} for item in first.output]
    again: Any = [
        {"role": "user", "content": "Is it?"},
        *references,
        {"role": "user", "content": "B"},
    ]
    await sdk.responses.create(model=MODEL, input=again)
    await sdk.responses.create(model=MODEL, input="B", previous_response_id=first.id)
    assert prompt_of(server, -1) == prompt_of(server, -2)


async def test_stored_responses_are_fetched_and_deleted(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.responses.create(model=MODEL, input="Hi")
    assert await sdk.responses.retrieve(whole.id) == whole
    await sdk.responses.delete(whole.id)
    unstored = await sdk.responses.create(model=MODEL, input="Hi", store=False)
    for gone in (whole.id, unstored.id):
        with pytest.raises(openai.NotFoundError):
            await sdk.responses.retrieve(gone)
        with pytest.raises(openai.NotFoundError):
            await sdk.responses.delete(gone)
        with pytest.raises(openai.BadRequestError) as bad:
            await sdk.responses.create(model=MODEL, input="Hi", previous_response_id=gone)
        assert bad.value.code == "previous_response_not_found"


async def test_compacting_keeps_instructions_and_the_last_turns(sdk: openai.AsyncOpenAI) -> None:
    turns: Any = [{"role": "developer", "content": "Be brief."}]
    for number in range(40):
        turns += [
            {"role": "user", "content": f"Question {number}? " + "x" * 200},
            {"role": "assistant", "content": f"Answer {number}."},
        ]
    short = await sdk.responses.compact(model=MODEL, input=turns)
    # The SDK types a user's message as if the model had written it.
    kept: Any = [item.model_dump(warnings=False, exclude_none=True) for item in short.output]
    assert short.object == "response.compaction"
    assert kept[0]["content"][0]["text"] == "Be brief."
    assert kept[1]["role"] == "user"
    assert 2 < len(kept) < len(turns)
    assert kept[-1]["content"][0]["text"] == "Answer 39."
    whole = await sdk.responses.create(model=MODEL, input=[*kept, {"role": "user", "content": "?"}])
    assert whole.output_text == "Hello!"


async def test_truncation_drops_the_oldest_turns_until_the_rest_fits(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    turns: Any = [
        part
        for number in range(40)
        for part in (
            {"role": "user", "content": f"Question {number}? " + "x" * 200},
            {"role": "assistant", "content": f"Answer {number}."},
        )
    ]
    asked: Any = [*turns, {"role": "user", "content": "And?"}]
    with pytest.raises(openai.BadRequestError) as bad:
        await sdk.responses.create(model=MODEL, input=asked)
    assert (bad.value.code, bad.value.param) == ("context_length_exceeded", "input")
    whole = await sdk.responses.create(
        model=MODEL, input=asked, instructions="Be brief.", truncation="auto"
    )
    assert whole.output_text == "Hello!"
    prompt = prompt_of(server)
    assert "Question 0?" not in prompt
    assert "Be brief." in prompt
    assert "And?" in prompt
