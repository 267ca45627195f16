"""The real Anthropic SDK against the real socket, told its base URL as Anthropic's users do:
without ``/v1``."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from tests.fakes.script import Fail, Forever, Prefill, Script, WaitFor
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
MESSAGES: Any = [{"role": "user", "content": "Hi"}]
WEATHER: Any = {
    "name": "weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
CALL = '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>'
THOUGHT = "<think>\nHm.\n</think>\n\n"
SAMPLING = {"temperature": 0, "top_k": 5}  # gone from the SDK's own parameters, not from the API
ASKED: Any = {"model": MODEL, "max_tokens": 400, "messages": MESSAGES}


@pytest.fixture
async def sdk(server: Server) -> AsyncIterator[anthropic.AsyncAnthropic]:
    """The asynchronous client, without retries."""
    url = server.url.removesuffix("/v1")
    async with anthropic.AsyncAnthropic(base_url=url, api_key="x", max_retries=0) as client:
        yield client


async def test_a_message(server: Server, sdk: anthropic.AsyncAnthropic) -> None:
    server.engine.default = Script.of("Hello!")
    message = await sdk.messages.create(**ASKED, system="Be brief.", extra_body=SAMPLING)
    assert [block.to_dict() for block in message.content] == [{"type": "text", "text": "Hello!"}]
    assert (message.type, message.role, message.model) == ("message", "assistant", MODEL)
    assert (message.stop_reason, message.stop_sequence) == ("end_turn", None)
    spec = server.engine.specs[-1]
    assert message.usage.input_tokens == len(spec.prompt)
    assert message.usage.output_tokens == 7
    assert message.usage.cache_creation_input_tokens == 0
    assert (spec.sampling.temperature, spec.sampling.top_k, spec.max_tokens) == (0, 5, 400)


async def test_the_streaming_helper_collects_thinking_text_and_calls_in_order(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of(
        Prefill(4, 10), f"{THOUGHT}Let me look.\n{CALL}\n{CALL}\nTwo calls."
    )
    async with sdk.messages.stream(**ASKED, tools=[WEATHER]) as stream:
        kinds = [event.type async for event in stream]
        message = await stream.get_final_message()
    assert [block.type for block in message.content] == [
        "thinking",
        "text",
        "tool_use",
        "tool_use",
        "text",
    ]
    thinking, text, call, _, after = (block.to_dict() for block in message.content)
    assert thinking == {"type": "thinking", "thinking": "Hm.", "signature": ""}
    assert (text["text"], after["text"]) == ("Let me look.", "\nTwo calls.")
    assert (call["name"], call["input"]) == ("weather", {"city": "Oslo"})
    assert message.stop_reason == "tool_use"
    assert (kinds[0], kinds[-1]) == ("message_start", "message_stop")
    assert kinds.count("content_block_start") == kinds.count("content_block_stop") == 5


async def test_streamed_and_whole_are_the_same_message(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of(f"{THOUGHT}Let me look.\n{CALL}\nDone.")
    whole = (await sdk.messages.create(**ASKED, tools=[WEATHER])).to_dict()
    async with sdk.messages.stream(**ASKED, tools=[WEATHER]) as stream:
        streamed = (await stream.get_final_message()).to_dict()
    for message in (whole, streamed):
        message.pop("id")
        message["content"][2].pop("id")
        message.pop("stop_details", None)  # the SDK's own, absent or null
    assert streamed == whole


async def test_the_counts_are_there_from_the_start(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of(Prefill(4, 10), "Hello!")
    stream = await sdk.messages.create(**ASKED, stream=True)
    events = [event async for event in stream]
    start, end = events[0], events[-2]
    assert start.type == "message_start"
    usage = start.message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens) == (6, 4)
    assert end.type == "message_delta"
    assert end.usage.output_tokens == 7


async def test_a_conversation_with_tool_results_is_understood(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.scripts["18 degrees"] = Script.of("It is 18 degrees.")
    server.engine.default = Script.of(f"{THOUGHT}{CALL}")
    first = await sdk.messages.create(**ASKED, tools=[WEATHER])
    call = first.content[-1]
    assert call.type == "tool_use"
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees"}
    followed: Any = [
        *MESSAGES,
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    second = await sdk.messages.create(**{**ASKED, "messages": followed}, tools=[WEATHER])
    assert second.content[0].to_dict()["text"] == "It is 18 degrees."


async def test_the_stop_sequence_that_matched_is_named(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of("One. Two. Three.")
    for stream in (False, True):
        async with sdk.messages.stream(**ASKED, stop_sequences=["x", " Three"]) as streaming:
            message = await streaming.get_final_message()
        if not stream:
            message = await sdk.messages.create(**ASKED, stop_sequences=["x", " Three"])
        assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", " Three")
        assert message.content[0].to_dict()["text"] == "One. Two."


async def test_max_tokens_is_told(sdk: anthropic.AsyncAnthropic) -> None:
    message = await sdk.messages.create(**{**ASKED, "max_tokens": 3})
    assert (message.stop_reason, message.usage.output_tokens) == ("max_tokens", 3)


async def test_thinking_that_is_not_to_be_shown_is_not(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of(f"{THOUGHT}Yes.")
    thinking: Any = {"type": "adaptive", "display": "omitted"}
    whole = await sdk.messages.create(**ASKED, thinking=thinking)
    async with sdk.messages.stream(**ASKED, thinking=thinking) as stream:
        streamed = await stream.get_final_message()
    for message in (whole, streamed):
        thought, text = (block.to_dict() for block in message.content)
        assert thought == {"type": "thinking", "thinking": "", "signature": ""}
        assert text["text"] == "Yes."


async def test_tokens_are_counted_as_the_prompt_has_them(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    asked: Any = {"model": MODEL, "messages": MESSAGES, "system": "Be brief.", "tools": [WEATHER]}
    counted = await sdk.messages.count_tokens(**asked)
    assert server.engine.specs == []
    message = await sdk.messages.create(**asked, max_tokens=9)
    assert counted.input_tokens == message.usage.input_tokens > 0


async def test_a_prompt_too_long_to_answer_can_be_counted(sdk: anthropic.AsyncAnthropic) -> None:
    long: Any = [{"role": "user", "content": "x" * 9000}]
    counted = await sdk.messages.count_tokens(model=MODEL, messages=long)
    assert counted.input_tokens > 9000
    with pytest.raises(anthropic.BadRequestError, match="context"):
        await sdk.messages.create(**{**ASKED, "messages": long})


async def test_errors_are_the_ones_the_sdk_knows(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    with pytest.raises(anthropic.NotFoundError, match="not on this machine") as missing:
        await sdk.messages.create(**{**ASKED, "model": "claude-none"})
    assert missing.value.type == "not_found_error"
    assert str(missing.value.request_id).startswith("req_")
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        await sdk.messages.create(**ASKED, extra_body={"temperature": 1.5})
    server.engine.submit_error = Overloaded("Too many.", retry_after_seconds=1)
    with pytest.raises(anthropic.InternalServerError, match="Too many") as busy:
        await sdk.messages.create(**ASKED, stream=True)
    assert busy.value.type == "overloaded_error"


async def test_a_late_error_is_raised_from_the_stream(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of("Half", Fail(EngineFailed("It broke.")))
    stream = await sdk.messages.create(**ASKED, stream=True)
    with pytest.raises(anthropic.APIStatusError, match="It broke") as broken:
        [event async for event in stream]
    assert broken.value.type == "api_error"


async def test_pings_fill_a_long_wait_and_disturb_nobody(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    pinged = asyncio.Event()
    server.engine.default = Script.of(Prefill(0, 10), WaitFor(pinged), "Hello!")
    seen: list[bytes] = []
    async with sdk.messages.with_streaming_response.create(**ASKED, stream=True) as reply:
        async for line in reply.iter_lines():
            seen.append(line.encode())
            if line == "event: ping":
                pinged.set()
    assert seen.index(b"event: message_start") < seen.index(b"event: ping")
    assert seen[-2:] == [b'data: {"type":"message_stop"}', b""]


async def test_closing_the_stream_stops_the_sequence(
    server: Server, sdk: anthropic.AsyncAnthropic
) -> None:
    server.engine.default = Script.of(Forever())
    stream = await sdk.messages.create(**{**ASKED, "max_tokens": 4000}, stream=True)
    async for _ in stream:
        break
    await stream.close()
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0)
