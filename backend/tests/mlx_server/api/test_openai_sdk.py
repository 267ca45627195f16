"""The real OpenAI SDK against the real socket."""

from typing import Any

import openai
import pytest

from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from tests.fakes.script import Fail, Forever, Script
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio
MESSAGES: Any = [{"role": "user", "content": "Hi"}]
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}
CALL = '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>'


async def test_chat(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.chat.completions.create(model=MODEL, messages=MESSAGES, temperature=0)
    assert whole.choices[0].message.content == "Hello!"
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 7


async def test_chat_streamed_with_usage(sdk: openai.AsyncOpenAI) -> None:
    stream = await sdk.chat.completions.create(
        model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello!"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 7


async def test_the_streaming_helper_collects_tool_calls_and_reasoning(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(f"<think>\nHm.\n</think>\n\nLet me look.\n{CALL}\n{CALL}")
    async with sdk.chat.completions.stream(
        model=MODEL, messages=MESSAGES, tools=[WEATHER]
    ) as stream:
        whole = await stream.get_final_completion()
    choice = whole.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "Let me look."
    assert [call.function.name for call in choice.message.tool_calls or ()] == ["weather"] * 2
    assert choice.message.model_extra is not None
    assert choice.message.model_extra["reasoning_content"] == "Hm."


async def test_a_conversation_with_tool_results_is_understood(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.scripts["18 degrees"] = Script.of("It is 18 degrees.")
    server.engine.default = Script.of(CALL)
    first = await sdk.chat.completions.create(model=MODEL, messages=MESSAGES, tools=[WEATHER])
    message = first.choices[0].message
    assert message.tool_calls
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "18 degrees"}
    followed: Any = [*MESSAGES, message, result]
    second = await sdk.chat.completions.create(model=MODEL, messages=followed, tools=[WEATHER])
    assert second.choices[0].message.content == "It is 18 degrees."


async def test_log_probabilities_and_several_choices(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.chat.completions.create(
        model=MODEL, messages=MESSAGES, n=2, logprobs=True, top_logprobs=3
    )
    assert [choice.index for choice in whole.choices] == [0, 1]
    told = whole.choices[1].logprobs
    assert told is not None
    assert told.content is not None
    assert "".join(entry.token for entry in told.content) == "Hello!"
    assert [rival.token for rival in told.content[0].top_logprobs] == ["H", "I", "J"]
    async with sdk.chat.completions.stream(
        model=MODEL, messages=MESSAGES, n=2, logprobs=True, stream_options={"include_usage": True}
    ) as stream:
        streamed = await stream.get_final_completion()
    for choice in streamed.choices:
        assert choice.message.content == "Hello!"
        assert choice.logprobs is not None
        assert "".join(e.token for e in choice.logprobs.content or ()) == "Hello!"
    assert streamed.usage is not None
    assert whole.usage is not None
    assert streamed.usage.completion_tokens == whole.usage.completion_tokens == 14


async def test_completions_with_log_probabilities(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.completions.create(model=MODEL, prompt="a", logprobs=2, n=2)
    told = whole.choices[1].logprobs
    assert told is not None
    assert told.tokens == list("Hello!")
    assert told.text_offset == [0, 1, 2, 3, 4, 5]
    assert told.top_logprobs is not None
    assert told.top_logprobs[0] == {"H": -0.25, "I": -0.5}


async def test_completions(sdk: openai.AsyncOpenAI) -> None:
    whole = await sdk.completions.create(model=MODEL, prompt=["a", "b"], echo=True)
    assert [choice.text for choice in whole.choices] == ["aHello!", "bHello!"]
    stream = await sdk.completions.create(model=MODEL, prompt="a", stream=True)
    assert "".join([c.choices[0].text async for c in stream if c.choices]) == "Hello!"


async def test_models(sdk: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in sdk.models.list()] == [MODEL, OTHER_MODEL]
    assert (await sdk.models.retrieve(OTHER_MODEL)).id == OTHER_MODEL


async def test_errors_are_the_ones_the_sdk_knows(server: Server, sdk: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="not on this machine"):
        await sdk.chat.completions.create(model="no/such", messages=MESSAGES)
    with pytest.raises(openai.BadRequestError) as bad:
        await sdk.chat.completions.create(model=MODEL, messages=MESSAGES, temperature=9)
    assert bad.value.param == "temperature"
    server.engine.submit_error = Overloaded("Too many.", retry_after_seconds=1)
    with pytest.raises(openai.InternalServerError, match="Too many"):
        await sdk.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)


async def test_a_late_error_is_raised_from_the_stream(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of("Half", Fail(EngineFailed("It broke.")))
    stream = await sdk.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    with pytest.raises(openai.APIError, match="It broke"):
        [chunk async for chunk in stream]


async def test_closing_the_stream_stops_the_sequence(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(Forever())
    stream = await sdk.chat.completions.create(
        model=MODEL, messages=MESSAGES, stream=True, max_tokens=4000
    )
    async for _ in stream:
        break
    await stream.close()
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0)
