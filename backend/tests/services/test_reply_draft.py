"""However late a watcher looks, the deltas add up to the reply."""

from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    PromptProgress,
    ReasoningDelta,
    TextDelta,
    Timing,
    ToolCallDelta,
    Usage,
)
from mlx_manager.schemas.reply_event import ReasoningEvent, TextEvent, ToolCallEvent
from mlx_manager.services.reply_draft import ReplyDraft, usage_of

texts = st.text(min_size=1, max_size=4)
EVENTS: st.SearchStrategy[GenerationEvent] = st.one_of(
    st.builds(TextDelta, texts),
    st.builds(ReasoningDelta, texts),
    st.builds(PromptProgress, st.integers(0, 9), st.just(9)),
    st.builds(ToolCallDelta, st.integers(0, 2), arguments=texts),
    st.integers(0, 2).map(lambda index: ToolCallDelta(index, id=f"call-{index}", name="add")),
)


@given(st.lists(EVENTS), st.lists(st.integers(0, 40)))
def test_any_rhythm_of_looking_gives_the_whole(
    events: list[GenerationEvent], looks: list[int]
) -> None:
    draft, seen, cursor = ReplyDraft(), [], 0
    for at, event in enumerate(events):
        draft.add(event)
        if at in looks:
            seen += draft.since(cursor)
            cursor = len(draft.events)
    seen += draft.since(cursor)
    assert "".join(event.delta for event in seen if isinstance(event, TextEvent)) == draft.text
    assert (
        "".join(event.delta for event in seen if isinstance(event, ReasoningEvent))
        == draft.reasoning
    )
    pieces = [event for event in seen if isinstance(event, ToolCallEvent)]
    for index, call in zip(
        sorted({piece.index for piece in pieces}), draft.tool_calls, strict=True
    ):
        mine = [piece for piece in pieces if piece.index == index]
        assert "".join(piece.arguments_delta or "" for piece in mine) == call.arguments
        assert {piece.id for piece in mine} - {None} == ({call.id} if call.id else set())


def test_a_slow_watcher_gets_fewer_and_larger_pieces() -> None:
    draft = ReplyDraft()
    events: list[GenerationEvent] = [
        PromptProgress(1, 2),
        PromptProgress(2, 2),
        *(ReasoningDelta(letter) for letter in "hm"),
        *(TextDelta(letter) for letter in "answer"),
        ToolCallDelta(0, id="1", name="add"),
        ToolCallDelta(0, arguments="{"),
        ToolCallDelta(0, arguments="}"),
        ToolCallDelta(1, id="2", name="now", arguments="{}"),
    ]
    for event in events:
        draft.add(event)
    shown = [event.model_dump(exclude_none=True) for event in draft.since(0)]
    assert shown == [
        {"processed": 2, "total": 2},
        {"delta": "hm"},
        {"delta": "answer"},
        {"index": 0, "id": "1", "name": "add", "arguments_delta": "{}"},
        {"index": 1, "id": "2", "name": "now", "arguments_delta": "{}"},
    ]
    assert [event.event for event in draft.since(0)] == [
        "progress",
        "reasoning",
        "text",
        "tool_call",
        "tool_call",
    ]
    assert draft.since(len(draft.events)) == []


def test_usage_tells_speeds_and_nothing_that_was_not_measured() -> None:
    usage = Usage(prompt_tokens=10, completion_tokens=8, cached_tokens=4, reasoning_tokens=2)
    told = usage_of(Finished(FinishReason.STOP, usage, Timing(decode_seconds=0.5)), 0.1234)
    assert (told.tokens_per_second, told.time_to_first_token_ms) == (16.0, 123.4)
    untold = usage_of(Finished(FinishReason.STOP, usage), None)
    assert (untold.tokens_per_second, untold.time_to_first_token_ms) == (None, None)
