"""Calls while they stream, and what is mended of those that are broken."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.events import FinishReason, GenerationEvent, ToolCallDelta
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from mlx_manager.mlx_server.output.json_text import mended
from tests.fakes.tokenizer import ByteTokenizer
from tests.mlx_server.output.transcript import Transcript, weather_tools

OSLO = '{"name": "weather", "arguments": {"city": "Oslo"}}'
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(body: str, reason: EndReason = EndReason.STOP, end: str = "</tool_call>") -> Transcript:
    """The transcript of one call, an id at a time."""
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, tools=weather_tools())
    ids = tokenizer.encode(f"<tool_call>{body}{end}")
    return Transcript.of(assembler, [[i] for i in ids], reason)


def test_arguments_come_as_they_are_written() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, tools=weather_tools())
    events: list[GenerationEvent] = []
    for token in tokenizer.encode(f"<tool_call>\n{OSLO.removesuffix('slo' + chr(34) + '}}')}"):
        events += assembler.feed([token])
    head, *fragments = events
    assert isinstance(head, ToolCallDelta)
    assert (head.name, head.arguments) == ("weather", "")
    written = "".join(each.arguments for each in fragments if isinstance(each, ToolCallDelta))
    assert written == '{"city": "O'


@settings(deadline=None)  # a machine that does much else takes longer
@given(st.dictionaries(st.text(), VALUES, max_size=4), st.sampled_from([None, 1]))
def test_any_arguments_are_recovered_exactly(arguments: dict[str, Any], indent: int | None) -> None:
    call = {"name": "weather", "arguments": arguments}
    for ascii_only in (True, False):
        transcript = read(json.dumps(call, indent=indent, ensure_ascii=ascii_only))
        ((name, written),) = transcript.calls
        assert (name, json.loads(written)) == ("weather", arguments)
        assert transcript.text == ""


@pytest.mark.parametrize(
    ("body", "arguments"),
    [
        (OSLO[:-1], {"city": "Oslo"}),
        (OSLO[:-2], {"city": "Oslo"}),
        (f"{OSLO}}}", {"city": "Oslo"}),
        ('{"name": "weather", "arguments": {"city": "Oslo",}}', {"city": "Oslo"}),
        ('{"name": "weather", "arguments": {"days": [1, 2, ]}}', {"days": [1, 2]}),
        ('{"name": "weather", "arguments": {"days": [1, 2', {"days": [1, 2]}),
        ('{"name": "weather", "arguments": {"city": "Os\nlo\t"}}', {"city": "Os\nlo\t"}),
        ('{"arguments": {"city": "Oslo",}, "name": "weather"', {"city": "Oslo"}),
        ('{"name": "other", "arguments": {"city": "Oslo"}', {"city": "Oslo"}),
        ('{"name": "weather", "arguments": {}, "id": "x"}', {}),
    ],
)
def test_what_can_be_mended_in_one_way_is_mended(body: str, arguments: Any) -> None:
    transcript = read(body)
    ((_, written),) = transcript.calls
    assert json.loads(written) == arguments
    assert transcript.text == ""
    assert transcript.reason is FinishReason.TOOL_CALLS


def test_a_second_call_between_the_same_markers_is_a_call() -> None:
    assert len(read(f"{OSLO}\n{OSLO}").calls) == 2


def test_text_behind_a_call_between_the_markers_is_not_lost() -> None:
    transcript = read(f"{OSLO} and so on")
    assert len(transcript.calls) == 1
    assert transcript.text == "and so on"


def test_what_the_length_cuts_off_is_not_mended() -> None:
    transcript = read(OSLO[:-6], EndReason.LENGTH, end="")
    assert transcript.calls == [("weather", '{"city": "O')]
    assert transcript.reason is FinishReason.LENGTH
    unnamed = read('{"name": "weather"', EndReason.LENGTH, end="")
    assert (unnamed.calls, unnamed.text) == ([], '<tool_call>{"name": "weather"')


def test_a_name_alone_is_no_call() -> None:
    transcript = read('{"name": "weather"')
    assert (transcript.calls, transcript.text) == (
        [],
        '<tool_call>{"name": "weather"</tool_call>',
    )


def test_one_call_ends_the_answer_that_may_have_only_one() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, tools=weather_tools(), one_call=True)
    call = f"<tool_call>{OSLO}</tool_call>"
    transcript = Transcript.of(
        assembler, [[i] for i in tokenizer.encode(f"Hm. {call}{call} more")], EndReason.STOP
    )
    assert (transcript.text, len(transcript.calls), transcript.stopped) == ("Hm. ", 1, True)
    assert transcript.reason is FinishReason.TOOL_CALLS


def test_brackets_in_strings_are_text() -> None:
    assert mended('{"a": "}], \\" {", "b": [1') == '{"a": "}], \\" {", "b": [1]}'
    with pytest.raises(ValueError, match="follows"):
        mended("{} {}")
