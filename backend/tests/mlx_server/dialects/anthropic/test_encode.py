"""Events in, Anthropic's events out; and the same events as one message."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.dialects.anthropic.encode_events import MessageEvents
from mlx_manager.mlx_server.dialects.anthropic.encode_message import collect_message
from mlx_manager.mlx_server.dialects.anthropic.usage import ending

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
END = Finished(FinishReason.STOP, Usage(9, 4, 5, 2))
DELTAS = st.one_of(
    st.builds(TextDelta, ANY_TEXT),
    st.builds(ReasoningDelta, ANY_TEXT),
    st.just(ToolCallDelta(0, id="call_1", name="f")),
    st.just(PromptProgress(1, 9)),
    st.just(Logprobs(())),
)


def streamed(*events: GenerationEvent, shows_thinking: bool = True) -> list[dict[str, Any]]:
    """The data of every event, its name checked; cut the way the least careful client does."""
    encoder = MessageEvents(ModelId("m"), RequestId("req_1"), shows_thinking=shows_thinking)
    lines = b"".join(encoder.encode(event) for event in events).decode().splitlines()
    names = [line.removeprefix("event: ") for line in lines[0::3]]
    data = [json.loads(line.removeprefix("data: ")) for line in lines[1::3]]
    assert set(lines[2::3]) == {""}
    assert names == [each["type"] for each in data]
    return data


def blocks_of(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a client makes of the stream; the order of its events is checked on the way."""
    assert data[0]["type"] == "message_start"
    assert [each["type"] for each in data[-2:]] == ["message_delta", "message_stop"]
    blocks: list[dict[str, Any]] = []
    is_open = False
    fields = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "json"}
    for each in data[1:-2]:
        if each["type"] == "content_block_start":
            assert not is_open
            is_open = True
            blocks.append({**each["content_block"], "json": ""})
        elif each["type"] == "content_block_stop":
            is_open = False
        else:
            delta = each["delta"]
            field = fields.get(delta["type"], "signature")
            value = delta.get(field, delta.get("partial_json"))
            blocks[-1][field] += value
        assert each["index"] == len(blocks) - 1
    assert not is_open
    for block in blocks:
        written = block.pop("json")
        if block["type"] == "tool_use":
            block["input"] = json.loads(written or "{}")
    return blocks


async def _replayed(events: list[GenerationEvent]) -> AsyncIterator[GenerationEvent]:
    for event in events:
        yield event


@pytest.mark.anyio
@given(st.lists(DELTAS, max_size=12))
async def test_any_events_are_the_same_blocks_streamed_and_whole(
    events: list[GenerationEvent],
) -> None:
    with_arguments: list[GenerationEvent] = []
    for event in events:
        with_arguments.append(event)
        if isinstance(event, ToolCallDelta):
            with_arguments += [ToolCallDelta(0, arguments=part) for part in ('{"a"', ": [1]}")]
    all_events = [*with_arguments, END]
    whole = await collect_message(ModelId("m"), _replayed(all_events))
    assert blocks_of(streamed(*all_events)) == whole.body["content"]


@pytest.mark.anyio
async def test_a_call_that_was_cut_off_keeps_what_was_written() -> None:
    events: list[GenerationEvent] = [
        ToolCallDelta(0, id="call_1", name="f"),
        ToolCallDelta(0, arguments='{"city": "Oslo", "days": [1, 2'),
        Finished(FinishReason.LENGTH, Usage(1, 1)),
    ]
    whole = await collect_message(ModelId("m"), _replayed(events))
    assert whole.body["content"][0]["input"]["city"] == "Oslo"
    assert whole.body["stop_reason"] == "max_tokens"


def test_an_answer_of_nothing_is_a_whole_stream() -> None:
    data = streamed(END)
    assert [each["type"] for each in data] == ["message_start", "message_delta", "message_stop"]


def test_what_the_cache_held_is_told_apart_at_the_start_and_at_the_end() -> None:
    data = streamed(PromptProgress(5, 9), PromptProgress(9, 9), TextDelta("a"), END)
    for usage in (data[0]["message"]["usage"], data[-2]["usage"]):
        assert (usage["input_tokens"], usage["cache_read_input_tokens"]) == (4, 5)
    assert data[-2]["usage"]["output_tokens_details"] == {"thinking_tokens": 2}


def test_thinking_that_is_not_shown_keeps_its_place() -> None:
    data = streamed(ReasoningDelta("Hm"), TextDelta("Yes"), END, shows_thinking=False)
    thought, words = blocks_of(data)
    assert thought == {"type": "thinking", "thinking": "", "signature": ""}
    assert words["text"] == "Yes"


@pytest.mark.parametrize(
    ("reason", "matched", "told"),
    [
        (FinishReason.STOP, None, ("end_turn", None)),
        (FinishReason.STOP, "###", ("stop_sequence", "###")),
        (FinishReason.LENGTH, None, ("max_tokens", None)),
        (FinishReason.TOOL_CALLS, None, ("tool_use", None)),
        (FinishReason.TOOL_CALLS, "###", ("tool_use", None)),
    ],
)
def test_the_end_has_its_reason(
    reason: FinishReason, matched: str | None, told: tuple[str, str | None]
) -> None:
    finished = Finished(reason, Usage(1, 1), stop_sequence=matched)
    assert tuple(ending(finished).values()) == told
