"""The real OpenAI SDK's ``client.responses`` against the real socket: one response."""

from typing import Any

import openai
import pytest
from openai.types.responses import ResponseOutputMessage

from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.script import Fail, Forever, Script
from tests.mlx_server.api.requests import CALL, FLAT_WEATHER, THINKING, eventually
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio


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
    async with sdk.responses.stream(model=MODEL, input="Hi", tools=[FLAT_WEATHER]) as stream:
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
