"""The real OpenAI SDK's ``client.responses`` against the real socket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage

from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.script import Fail, Forever, Script, WaitFor
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}
CALL = '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>'
THINKING = "<think>\nLet me see.\n</think>\n\nYes."


@pytest.fixture
async def sdk(server: Server) -> AsyncIterator[openai.AsyncOpenAI]:
    """The asynchronous client, without retries."""
    async with openai.AsyncOpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        yield client


def prompt_of(server: Server, which: int = -1) -> str:
    """What the model was shown."""
    spec = server.engine.specs[which]
    return spec.model.tokenizer.decode(spec.prompt.token_ids)


async def test_a_whole_response_has_every_field(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.responses.create(
        model=MODEL, input="Hi", instructions="Be kind.", metadata={"a": "b"}, temperature=0
    )
    assert whole.output_text == "Hello!"
    assert whole.status == "completed"
    assert whole.usage is not None
    assert whole.usage.output_tokens == 7
    assert whole.usage.total_tokens == whole.usage.input_tokens + 7
    assert whole.metadata == {"a": "b"}
    assert whole.instructions == "Be kind."
    assert type(whole).model_validate(whole.model_dump(warnings="error")) == whole


async def test_the_streaming_helper_follows_reasoning_text_and_calls(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(f"<think>\nHm.\n</think>\n\nLet me look.\n{CALL}\n{CALL}")
    async with sdk.responses.stream(model=MODEL, input="Hi", tools=[WEATHER]) as stream:
        events = [event async for event in stream]
        whole = await stream.get_final_response()
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [item.type for item in whole.output] == [
        "reasoning",
        "message",
        "function_call",
        "function_call",
    ]
    assert whole.output_text == "Let me look."
    texts = [e.delta for e in events if e.type == "response.output_text.delta"]
    assert "".join(texts) == "Let me look."
    thoughts = [e.delta for e in events if e.type == "response.reasoning_text.delta"]
    assert "".join(thoughts) == "Hm."
    ends = [e for e in events if e.type == "response.function_call_arguments.done"]
    assert [end.arguments for end in ends] == ['{"city": "Oslo"}'] * 2
    assert (events[0].type, events[1].type) == ("response.created", "response.in_progress")
    assert events[-1].type == "response.completed"


async def test_a_tool_result_reaches_the_model(server: Server, sdk: openai.AsyncOpenAI) -> None:
    server.engine.scripts["18 degrees"] = Script.of("It is 18 degrees.")
    server.engine.default = Script.of(CALL)
    first = await sdk.responses.create(model=MODEL, input="Weather in Oslo?", tools=[WEATHER])
    call = first.output[0]
    assert isinstance(call, ResponseFunctionToolCall)
    assert (call.name, call.arguments) == ("weather", '{"city": "Oslo"}')
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "18 degrees"}
    second = await sdk.responses.create(
        model=MODEL, input=[result], previous_response_id=first.id, tools=[WEATHER]
    )
    assert second.output_text == "It is 18 degrees."
    by_hand: Any = [{"role": "user", "content": "Weather in Oslo?"}, *first.output, result]
    third = await sdk.responses.create(model=MODEL, input=by_hand, tools=[WEATHER], store=False)
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


async def test_running_out_of_tokens_is_incomplete(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.responses.create(model=MODEL, input="Hi", max_output_tokens=3)
    assert (whole.status, whole.output_text) == ("incomplete", "Hel")
    assert whole.incomplete_details is not None
    assert whole.incomplete_details.reason == "max_output_tokens"
    message = whole.output[0]
    assert isinstance(message, ResponseOutputMessage)
    assert message.status == "incomplete"
    assert whole.completed_at is None


async def test_reasoning_as_a_summary_and_packed(server: Server, sdk: openai.AsyncOpenAI) -> None:
    server.engine.default = Script.of(THINKING)
    stream = await sdk.responses.create(
        model=MODEL,
        input="Hi",
        stream=True,
        store=False,
        reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content"],
    )
    events = [event async for event in stream]
    parts = [e.delta for e in events if e.type == "response.reasoning_summary_text.delta"]
    assert "".join(parts) == "Let me see."
    item = next(e.item for e in events if e.type == "response.output_item.done")
    assert item.type == "reasoning"
    assert item.summary[0].text == "Let me see."
    packed: Any = {"type": "reasoning", "summary": [], "encrypted_content": item.encrypted_content}
    given: Any = [
        packed,
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "?"},
    ]
    await sdk.responses.create(model=MODEL, input=given)


async def test_a_failure_before_the_first_byte_has_its_status(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(Fail(EngineFailed("It broke.")))
    for stream in (False, True):
        with pytest.raises(openai.InternalServerError, match="It broke"):
            await sdk.responses.create(model=MODEL, input="Hi", stream=stream)


async def test_a_late_failure_is_the_end_of_the_response(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of("Half", Fail(EngineFailed("It broke.")))
    stream = await sdk.responses.create(model=MODEL, input="Hi", stream=True)
    events = [event async for event in stream]
    assert [event.type for event in events][-2:] == ["error", "response.failed"]
    failed = events[-1]
    assert failed.type == "response.failed"
    assert failed.response.error is not None
    assert failed.response.error.message == "It broke."
    kept = await sdk.responses.retrieve(failed.response.id)
    assert (kept.status, kept.output_text) == ("failed", "Half")


async def test_closing_the_stream_stops_the_sequence(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(Forever())
    stream = await sdk.responses.create(
        model=MODEL, input="Hi", stream=True, max_output_tokens=4000
    )
    async for _ in stream:
        break
    await stream.close()
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0)


async def test_a_background_response_is_polled_and_watched(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    gate = asyncio.Event()
    server.engine.default = Script.of("Half", WaitFor(gate), " done")
    begun = await sdk.responses.create(model=MODEL, input="Hi", background=True)
    assert begun.status == "queued"
    stream = await sdk.responses.retrieve(begun.id, stream=True)
    seen = []
    async for event in stream:
        seen.append(event)
        if event.type == "response.output_text.delta" and not gate.is_set():
            assert (await sdk.responses.retrieve(begun.id)).status == "in_progress"
            gate.set()
    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    assert (await sdk.responses.retrieve(begun.id)).output_text == "Half done"
    late = await sdk.responses.retrieve(begun.id, stream=True, starting_after=4)
    assert [event.sequence_number async for event in late] == list(range(5, len(seen)))
    assert (await sdk.responses.cancel(begun.id)).status == "completed"


async def test_a_background_response_is_cancelled(server: Server, sdk: openai.AsyncOpenAI) -> None:
    server.engine.default = Script.of(Forever())
    begun = await sdk.responses.create(
        model=MODEL, input="Hi", background=True, max_output_tokens=4000
    )
    with pytest.raises(openai.BadRequestError, match="still being written"):
        await sdk.responses.create(model=MODEL, input="Hi", previous_response_id=begun.id)
    for _ in range(2):
        assert (await sdk.responses.cancel(begun.id)).status == "cancelled"
    assert (await sdk.responses.retrieve(begun.id)).status == "cancelled"
    other = await sdk.responses.create(
        model=MODEL, input="Hi", background=True, max_output_tokens=4000
    )
    await sdk.responses.delete(other.id)
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.retrieve(other.id)
    await server.engine.until_quiet()


async def test_a_background_failure_is_told_when_it_is_fetched(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(Fail(EngineFailed("It broke.")))
    begun = await sdk.responses.create(model=MODEL, input="Hi", background=True)
    await server.engine.until_quiet()
    stream = await sdk.responses.retrieve(begun.id, stream=True)
    assert [event.type async for event in stream][-1] == "response.failed"
    assert (await sdk.responses.retrieve(begun.id)).status == "failed"
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.create(model="no/such", input="Hi", background=True)
    server.engine.default = Script.of("Fine.")
    foreground = await sdk.responses.create(model=MODEL, input="Hi")
    with pytest.raises(openai.BadRequestError, match="background"):
        await sdk.responses.cancel(foreground.id)


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
