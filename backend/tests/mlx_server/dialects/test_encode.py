"""Events in, bytes of the dialect out."""

import json

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
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.openai.choices import ChoiceEvent
from mlx_manager.mlx_server.dialects.openai.encode_chat import ChatChunks
from mlx_manager.mlx_server.dialects.openai.encode_completion import CompletionChunks
from mlx_manager.mlx_server.dialects.openai.usage import sum_usage, usage_body

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
END = Finished(FinishReason.STOP, Usage(3, 2, 1, 1), Timing(0.1, 0.2, 0.5))


def data_of(stream: bytes) -> list[str]:
    """The data lines of a stream, cut the way the least careful client cuts it."""
    lines = stream.decode().splitlines()
    assert all(line == "" or line.startswith("data: ") for line in lines)
    return [line.removeprefix("data: ") for line in lines if line]


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_survives_the_wire_on_one_line(text: str, model: str) -> None:
    events: tuple[GenerationEvent, ...] = (
        TextDelta(text),
        ReasoningDelta(text),
        ToolCallDelta(0, id=text, name=text),
        ToolCallDelta(0, arguments=text),
        END,
    )
    chunks = ChatChunks(ModelId(model), include_usage=True)
    stream = b"".join(chunks.encode(ChoiceEvent(0, event)) for event in events)
    *data, done = data_of(stream)
    parsed = [json.loads(each) for each in data]
    deltas = [chunk["choices"][0]["delta"] for chunk in parsed if chunk["choices"]]
    assert done == "[DONE]"
    assert {chunk["model"] for chunk in parsed} == {model}
    assert [delta["content"] for delta in deltas if "content" in delta] == ["", text]
    assert [d["reasoning_content"] for d in deltas if "reasoning_content" in d] == [text]
    functions = [d["tool_calls"][0]["function"] for d in deltas if "tool_calls" in d]
    assert functions == [{"name": text, "arguments": ""}, {"arguments": text}]


@given(ANY_TEXT)
def test_any_completion_survives_the_wire(text: str) -> None:
    chunks = CompletionChunks(ModelId("m"), choices=2, include_usage=True)
    items: list[tuple[int, GenerationEvent]] = [
        (1, TextDelta(text)),
        (1, END),
        (0, TextDelta(text)),
        (0, END),
    ]
    stream = b"".join(chunks.encode(ChoiceEvent(at, event)) for at, event in items)
    *data, done = data_of(stream)
    parsed = [json.loads(each) for each in data]
    assert [chunk["choices"][0]["index"] for chunk in parsed[:-1]] == [1, 1, 0, 0]
    assert [chunk["choices"][0]["text"] for chunk in parsed[:-1]] == [text, "", text, ""]
    assert parsed[-1]["usage"]["prompt_tokens"] == 6
    assert done == "[DONE]"


def test_an_answer_without_text_still_brings_its_role() -> None:
    chunks = ChatChunks(ModelId("m"), include_usage=False)
    first, last, done = data_of(chunks.encode(ChoiceEvent(0, END)))
    assert json.loads(first)["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert json.loads(last)["choices"][0]["finish_reason"] == "stop"
    assert "usage" not in json.loads(last)
    assert done == "[DONE]"


def test_progress_is_told_until_the_first_token() -> None:
    chunks = ChatChunks(ModelId("m"), include_usage=False)
    assert chunks.keep_alive() == b": keep-alive\n\n"
    assert chunks.encode(ChoiceEvent(0, PromptProgress(2, 8))) == b""
    assert chunks.keep_alive() == b": progress 2/8\n\n"
    chunks.encode(ChoiceEvent(0, TextDelta("a")))
    assert chunks.keep_alive() == b": keep-alive\n\n"


def test_usage_counts_and_times() -> None:
    assert usage_body(END.usage, END.timing) == {
        "prompt_tokens": 3,
        "completion_tokens": 2,
        "total_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 1},
        "completion_tokens_details": {"reasoning_tokens": 1},
        "timings": {
            "queue_ms": 100.0,
            "prefill_ms": 200.0,
            "decode_ms": 500.0,
            "tokens_per_second": 4.0,
        },
    }


def test_answers_made_together_add_their_tokens_and_not_their_times() -> None:
    longer = Finished(FinishReason.STOP, Usage(1, 1), Timing(0.0, 0.3, 0.4))
    usage, timing = sum_usage([END, longer])
    assert usage == Usage(4, 3, 1, 1)
    assert timing == Timing(0.1, 0.3, 0.5)
