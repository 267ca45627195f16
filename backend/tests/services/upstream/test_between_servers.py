"""One MLX Manager asks another over a socket: what the other's engine says comes through."""

from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.events import Finished, FinishReason, PromptProgress, TextDelta
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    GrammarSpec,
    Message,
    SamplingParams,
    ToolCall,
)
from mlx_manager.mlx_server.errors import (
    BadRequest,
    EngineFailed,
    ModelNotFound,
    Overloaded,
    UpstreamFailed,
)
from mlx_manager.mlx_server.generate import Completion, collect
from mlx_manager.services.upstream.client import UpstreamClient
from mlx_manager.services.upstream.upstream import Upstream, UpstreamKind
from tests.fakes.script import Fail, Forever, Prefill, Say, Script
from tests.mlx_server.conftest import MODEL, Server, server
from tests.services.upstream.asking import heard, request

__all__ = ["server"]
pytestmark = pytest.mark.anyio

FUNCTION = {
    "name": "weather",
    "description": "The weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
TOOLS = ({"type": "function", "function": FUNCTION},)
CALLS = (
    'Look: <tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>'
    '<tool_call>{"name": "weather", "arguments": {"city": "Rome"}}</tool_call>'
)
KINDS = (UpstreamKind.OPENAI, UpstreamKind.ANTHROPIC)


@pytest.fixture(params=KINDS)
def other(server: Server, request: pytest.FixtureRequest) -> Upstream:
    """The other server, by each of its dialects."""
    return Upstream("Other", server.url, kind=request.param, place="other")


def asked(**fields: Any) -> GenerationRequest:
    """A request for the other's model."""
    return replace(request(**fields), model=ModelId(MODEL))


async def answer(
    client: UpstreamClient, other: Upstream, wanted: GenerationRequest | None = None
) -> Completion:
    """The whole answer."""
    return await collect(client.answer(other, wanted or asked()))


async def test_the_text_the_counts_and_the_end_are_the_others(
    client: UpstreamClient, other: Upstream, server: Server
) -> None:
    server.engine.default = Script((Prefill(8, 20), Say("Grüße \u2028 and\nlines")))
    whole = await answer(client, other, asked(max_tokens=400))
    [spec] = server.engine.specs
    assert whole.text == "Grüße \u2028 and\nlines"
    assert whole.finished.reason is FinishReason.STOP
    assert whole.finished.usage.prompt_tokens == len(spec.prompt)
    assert whole.finished.usage.completion_tokens == len(whole.text.encode()) + 1
    assert spec.max_tokens == 400


async def test_reasoning_and_calls_come_apart_and_in_order(
    client: UpstreamClient, other: Upstream, server: Server
) -> None:
    server.engine.default = Script.of(f"<think>\nHm.\n</think>\n\n{CALLS}")
    whole = await answer(client, other, asked(tools=TOOLS))
    assert whole.reasoning == "Hm."
    assert whole.text.strip() == "Look:"
    assert [(call.name, call.arguments.replace(" ", "")) for call in whole.tool_calls] == [
        ("weather", '{"city":"Oslo"}'),
        ("weather", '{"city":"Rome"}'),
    ]
    assert len({call.id for call in whole.tool_calls}) == 2
    assert whole.finished.reason is FinishReason.TOOL_CALLS


async def test_the_whole_conversation_reaches_the_other(
    client: UpstreamClient, other: Upstream, server: Server
) -> None:
    turns = (
        Message("system", "Be brief."),
        Message("user", "Weather in Oslo?"),
        Message("assistant", "", tool_calls=(ToolCall("c1", "weather", '{"city": "Oslo"}'),)),
        Message("tool", "Rain.", tool_call_id="c1"),
        Message("user", "Thanks."),
    )
    await answer(client, other, asked(messages=turns, tools=TOOLS))
    prompt = server.engine.tokenizer.decode(server.engine.specs[0].prompt.token_ids)
    for said in ("Be brief.", "Weather in Oslo?", "Oslo", "Rain.", "Thanks.", "The weather."):
        assert said in prompt


async def test_sampling_stops_and_lengths_are_kept(
    client: UpstreamClient, other: Upstream, server: Server
) -> None:
    sampling = SamplingParams(temperature=0.25, top_p=0.5, top_k=7)
    wanted = asked(sampling=sampling, stop=("two",), max_tokens=300)
    server.engine.default = Script.of("one two three")
    whole = await answer(client, other, wanted)
    [spec] = server.engine.specs
    assert spec.sampling == sampling
    assert whole.text == "one "
    is_told = other.kind is UpstreamKind.ANTHROPIC
    assert whole.finished.stop_sequence == ("two" if is_told else None)
    assert (await answer(client, other, asked(max_tokens=3))).finished.reason is FinishReason.LENGTH


async def test_a_schema_is_asked_for_there_and_its_refusal_comes_back(
    client: UpstreamClient, other: Upstream
) -> None:
    schema = '{"type":"object","properties":{"a":{"const":1}},"required":["a"]}'
    wanted = asked(grammar=GrammarSpec(GrammarKind.JSON_SCHEMA, schema))
    with pytest.raises(BadRequest, match="cannot be held to a format: its tokenizer"):
        await answer(client, other, wanted)


async def test_effort_reaches_the_others_template(client: UpstreamClient, server: Server) -> None:
    other = Upstream("Other", server.url)
    wanted = asked(effort=Effort.LOW, template_kwargs={"enable_thinking": True})
    assert (await answer(client, other, wanted)).text == "Hello!"


async def test_errors_keep_their_meaning(
    client: UpstreamClient, other: Upstream, server: Server
) -> None:
    with pytest.raises(ModelNotFound, match="Other said"):
        await answer(client, other, replace(asked(), model=ModelId("no/such")))
    server.engine.submit_error = Overloaded("full", retry_after_seconds=9)
    with pytest.raises(Overloaded) as caught:
        await answer(client, other)
    assert caught.value.retry_after_seconds == 9
    server.engine.submit_error = None
    server.engine.default = Script((Say("Half"), Fail(EngineFailed("broken"))))
    with pytest.raises(UpstreamFailed, match="broken"):
        await answer(client, other)


async def test_leaving_stops_the_others_engine(
    client: UpstreamClient, other: Upstream, server: Server
) -> None:
    server.engine.default = Script((Forever(),))
    async with aclosing(client.answer(other, asked(max_tokens=4000))) as walk:
        async for event in walk:
            if isinstance(event, TextDelta):
                break
    await server.engine.until_quiet()


async def test_progress_on_the_prompt_is_told(client: UpstreamClient, server: Server) -> None:
    server.engine.default = Script((Prefill(8, 20), Say("Yes")))
    other = Upstream("Other", server.url, kind=UpstreamKind.ANTHROPIC)
    events = await heard(client.answer(other, asked()))
    assert events[0] == PromptProgress(8, 20)
    assert isinstance(events[-1], Finished)


async def test_raw_prompts_and_seeds_go_by_openais_dialect(
    client: UpstreamClient, server: Server
) -> None:
    other = Upstream("Other", server.url)
    seeded = SamplingParams(seed=5, min_p=0.1, repetition_penalty=1.5, logit_bias=((65, 2.0),))
    by_text = replace(asked(), messages=None, text="Once", sampling=seeded)
    by_ids = replace(asked(), messages=None, token_ids=(72, 105))
    for wanted in (by_text, by_ids):
        assert (await answer(client, other, wanted)).text == "Hello!"
    assert server.engine.specs[0].sampling == seeded
    assert server.engine.specs[1].prompt.token_ids == (72, 105)


async def test_what_only_anthropics_dialect_can_say_takes_it_where_both_are_spoken(
    client: UpstreamClient, server: Server
) -> None:
    other = Upstream("Other", server.url, speaks_both=True)
    turns = (Message("user", "Count."), Message("assistant", "One, two,"))
    begun = replace(asked(messages=turns), continues=True)
    assert (await answer(client, other, begun)).text == "Hello!"
    prompt = server.engine.tokenizer.decode(server.engine.specs[0].prompt.token_ids)
    assert prompt.endswith("One, two,")


async def test_log_probabilities_come_through(client: UpstreamClient, server: Server) -> None:
    whole = await answer(client, Upstream("Other", server.url), asked(top_logprobs=2))
    assert "".join(entry.text for entry in whole.logprobs) == "Hello!"
    assert [len(entry.top) for entry in whole.logprobs] == [2] * 6
