"""litellm, which speaks to each provider in its own dialect."""

import asyncio
import json
from typing import Any

import litellm
import pytest
from served import ANY_KEY, EMBEDDER, KEY, MODEL, QUESTION, SCRIPTED_URL, URL, City

OPENAI: dict[str, Any] = {"model": f"openai/{MODEL}", "api_base": f"{URL}/v1", "api_key": KEY}
ANTHROPIC: dict[str, Any] = {"model": f"anthropic/{MODEL}", "api_base": URL, "api_key": KEY}
ASKED: dict[str, Any] = {
    "messages": [{"role": "user", "content": QUESTION}],
    "temperature": 0,
    "max_tokens": 200,
    "num_retries": 0,
}
USAGE = {"include_usage": True}
FIND_CITY = {"name": "find_city", "parameters": City.model_json_schema()}
both = pytest.mark.parametrize("where", [OPENAI, ANTHROPIC], ids=["openai", "anthropic"])


def scripted(where: dict[str, Any]) -> dict[str, Any]:
    """The same dialect, of the manager that knows the answers."""
    return {**where, "api_base": where["api_base"].replace(URL, SCRIPTED_URL), "api_key": ANY_KEY}


@both
def test_a_text_streams_as_it_is_generated_whole(where: dict[str, Any]) -> None:
    whole = litellm.completion(**where, **ASKED)
    stream = litellm.completion(**where, **ASKED, stream=True, stream_options=USAGE)
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert text
    rebuilt = litellm.stream_chunk_builder(chunks)
    assert rebuilt.choices[0].finish_reason == whole.choices[0].finish_reason
    assert rebuilt.usage.completion_tokens == whole.usage.completion_tokens > 0
    assert rebuilt.usage.prompt_tokens == whole.usage.prompt_tokens > 0


@both
async def test_several_are_asked_at_once(where: dict[str, Any]) -> None:
    replies = await asyncio.gather(*(litellm.acompletion(**where, **ASKED) for _ in range(3)))
    texts = {reply.choices[0].message.content for reply in replies}
    assert len(texts) == 1
    assert all(texts)


@both
@pytest.mark.parametrize("streamed", [False, True])
def test_a_required_call_follows_its_schema(where: dict[str, Any], streamed: bool) -> None:
    tools = [{"type": "function", "function": FIND_CITY}]
    reply = litellm.completion(
        **where, **ASKED, tools=tools, tool_choice="required", stream=streamed
    )
    if streamed:
        reply = litellm.stream_chunk_builder(list(reply))
    choice = reply.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls[0].function.name == "find_city"
    City.model_validate_json(choice.message.tool_calls[0].function.arguments)


@both
def test_an_answer_follows_a_schema(where: dict[str, Any]) -> None:
    reply = litellm.completion(**where, **ASKED, response_format=City)
    City.model_validate_json(reply.choices[0].message.content)


@both
def test_a_tool_is_called_and_its_result_understood(where: dict[str, Any]) -> None:
    parameters = {"type": "object", "properties": {"location": {"type": "string"}}}
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": parameters}}]
    messages: list[Any] = [{"role": "user", "content": "Weather in San Francisco, CA?"}]
    asked = {**ASKED, **scripted(where), "tools": tools}
    first = litellm.completion(**{**asked, "messages": messages}).choices[0].message
    assert json.loads(first.tool_calls[0].function.arguments) == {"location": "San Francisco, CA"}
    result = {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "Sunny."}
    second = litellm.completion(**{**asked, "messages": [*messages, first, result]})
    assert second.choices[0].message.content == "There you are."


@both
@pytest.mark.parametrize("streamed", [False, True])
def test_reasoning_is_told_apart(where: dict[str, Any], streamed: bool) -> None:
    messages = [{"role": "user", "content": "Think it through: 17 times 23?"}]
    asked = {**ASKED, **scripted(where), "max_tokens": 3000, "messages": messages}
    if where is OPENAI:  # to Anthropic it sends this only for models that it knows by name
        asked["reasoning_effort"] = "low"
    reply = litellm.completion(**asked, stream=streamed)
    if streamed:
        reply = litellm.stream_chunk_builder(list(reply))
    message = reply.choices[0].message
    assert message.content == "391"
    assert message.reasoning_content.startswith("Twenty times 17")


@both
async def test_a_response_is_made_and_streamed(where: dict[str, Any]) -> None:
    asked: dict[str, Any] = {**where, "input": QUESTION, "temperature": 0}
    whole = await litellm.aresponses(**asked, max_output_tokens=40)
    stream = await litellm.aresponses(**asked, max_output_tokens=40, stream=True)
    text = "".join([e.delta async for e in stream if e.type == "response.output_text.delta"])
    assert text == whole.output_text
    assert text


def test_a_completion_has_log_probabilities() -> None:
    where = {**OPENAI, "model": f"text-completion-openai/{MODEL}"}
    reply = litellm.text_completion(**where, prompt="The server", max_tokens=4, logprobs=2)
    assert len(reply.choices[0].logprobs.tokens) == 4


def test_texts_become_vectors() -> None:
    where = {**OPENAI, "model": f"openai/{EMBEDDER}"}
    reply = litellm.embedding(**where, input=["a port", "a capital"], encoding_format="float")
    first, second = (entry["embedding"] for entry in reply.data)
    assert len(first) == len(second) > 0
    assert first != second


@both
def test_errors_are_the_classes_that_programs_catch(where: dict[str, Any]) -> None:
    nobody = {**where, "model": where["model"].replace(MODEL, "nobody/nothing")}
    with pytest.raises(litellm.NotFoundError, match="nobody/nothing"):
        litellm.completion(**nobody, **ASKED)
    with pytest.raises(litellm.BadRequestError, match="temperature"):
        litellm.completion(**where, **{**ASKED, "temperature": 9})
    with pytest.raises(litellm.AuthenticationError):
        litellm.completion(**{**where, "api_key": "mlx-unknown"}, **ASKED)
