"""Exact scripts through all the stages."""

from typing import Any

import pytest

from mlx_manager.mlx_server.core.events import FinishReason
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from tests.fakes.tokenizer import ByteTokenizer
from tests.mlx_server.output.transcript import Transcript, weather_tools

CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'


def read(text: str, reason: EndReason = EndReason.STOP, **options: Any) -> Transcript:
    """One id at a time, as the engine sends them."""
    tokenizer = options.pop("tokenizer", None) or ByteTokenizer()
    assembler = OutputAssembler(tokenizer, **options)
    return Transcript.of(assembler, [[i] for i in tokenizer.encode(text)], reason)


def test_plain_text_comes_as_it_is_written() -> None:
    assert read("Hello, world\n").text == "Hello, world\n"


def test_a_character_of_several_bytes_is_never_split() -> None:
    transcript = read("a\N{GRINNING FACE}é漢")
    assert transcript.text == "a\N{GRINNING FACE}é漢"
    assert "\ufffd" not in transcript.text


def test_half_a_character_at_the_end_is_dropped() -> None:
    assembler = OutputAssembler(ByteTokenizer())
    ids = [[i] for i in "ok\N{GRINNING FACE}".encode()[:-1]]
    assert Transcript.of(assembler, ids, EndReason.LENGTH).text == "ok"


def test_reasoning_is_told_apart_and_loses_the_newlines_of_its_markers() -> None:
    transcript = read("<think>\nOne.\nTwo.\n</think>\n\nThree.")
    assert transcript.reasoning == "One.\nTwo."
    assert transcript.text == "Three."


def test_a_template_that_opens_the_block_starts_in_reasoning() -> None:
    transcript = read("Hm.\n</think>\n\nYes.", starts_in_reasoning=True)
    assert (transcript.reasoning, transcript.text) == ("Hm.", "Yes.")


def test_a_model_that_repeats_the_templates_marker_shows_none() -> None:
    transcript = read("<think>\nHm.</think></think>Yes.", starts_in_reasoning=True)
    assert (transcript.reasoning, transcript.text) == ("Hm.", "Yes.")


def test_newlines_before_the_block_are_no_answer() -> None:
    transcript = read("\n<think>Hm.</think>\nYes.")
    assert (transcript.reasoning, transcript.text) == ("Hm.", "Yes.")


def test_newlines_between_two_parts_of_the_answer_stay() -> None:
    transcript = read("One.\n<think>Hm.</think>\nTwo.")
    assert transcript.text == "One.\nTwo."


def test_reasoning_tokens_are_counted_with_their_markers() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer)
    assembler.feed(tokenizer.encode("<think>ab</think>cd"))
    assert assembler.reasoning_tokens == 4


def test_markers_of_a_raw_prompt_are_ordinary_text() -> None:
    text = f"<think>a</think>{CALL}"
    assert read(text, parse_reasoning=False, tools=weather_tools()).text == text


def test_a_call_is_held_back_parsed_and_ends_with_tool_calls() -> None:
    transcript = read(f"Let me look.\n{CALL}\n", tools=weather_tools())
    assert transcript.text == "Let me look."
    assert transcript.calls == [("weather", '{"city": "Oslo"}')]
    assert transcript.reason is FinishReason.TOOL_CALLS


def test_several_calls_keep_their_order_and_get_ids_of_their_own() -> None:
    transcript = read(f"{CALL}\n{CALL}", tools=weather_tools())
    assert [name for name, _ in transcript.calls] == ["weather", "weather"]
    assert transcript.text == ""
    assert len(set(transcript.call_ids)) == 2
    assert all(call_id.startswith("call_") for call_id in transcript.call_ids)


def test_text_before_between_and_after_calls_is_kept() -> None:
    transcript = read(f"A\n{CALL}\nB\n{CALL}\nC", tools=weather_tools())
    assert transcript.text == "A\nB\nC"


@pytest.mark.parametrize(
    "call",
    [
        "<tool_call>{not json}</tool_call>",
        '<tool_call>{"arguments": {}}</tool_call>',
        '<tool_call>{"name": 3, "arguments": {}}</tool_call>',
        '<tool_call>{"name": "f", "arguments": [1]}</tool_call>',
        '<tool_call>{"name": "f", "arguments": "no"}</tool_call>',
        '<tool_call>{"name": "f", "arguments": {"x": NaN}}</tool_call>',
        "<tool_call>[]</tool_call>",
        "<tool_call>7</tool_call>",
        "<tool_call>" + "[" * 5000 + "</tool_call>",
    ],
)
def test_a_malformed_call_is_returned_as_text(call: str) -> None:
    transcript = read(f"x\n{call}\ny", tools=weather_tools())
    assert transcript.text == f"x\n{call}\ny"
    assert transcript.calls == []
    assert transcript.reason is FinishReason.STOP


def test_a_parser_may_return_several_calls_from_one_pair_of_markers() -> None:
    body = '[{"name": "a", "arguments": {}}, {"name": "b", "id": "own", "parameters": {"n": 1}}]'
    transcript = read(f"<tool_call>{body}</tool_call>", tools=weather_tools())
    assert transcript.calls == [("a", "{}"), ("b", '{"n": 1}')]
    assert transcript.call_ids[1] == "own"


def test_arguments_that_are_already_a_json_text_are_taken_apart() -> None:
    call = '<tool_call>{"name": "a", "arguments": "{\\"n\\": 1}"}</tool_call>'
    assert read(call, tools=weather_tools()).calls == [("a", '{"n": 1}')]


def test_a_call_without_its_end_is_parsed_when_it_is_whole() -> None:
    transcript = read(CALL.removesuffix("</tool_call>"), tools=weather_tools())
    assert transcript.calls == [("weather", '{"city": "Oslo"}')]
    assert transcript.reason is FinishReason.TOOL_CALLS


def test_a_call_cut_short_is_text_and_the_length_is_told() -> None:
    transcript = read(CALL[:30], EndReason.LENGTH, tools=weather_tools())
    assert transcript.text == CALL[:30]
    assert transcript.reason is FinishReason.LENGTH


def test_a_second_call_cut_short_does_not_pass_for_a_whole_turn() -> None:
    transcript = read(f"{CALL}\n{CALL[:30]}", EndReason.LENGTH, tools=weather_tools())
    assert len(transcript.calls) == 1
    assert transcript.reason is FinishReason.LENGTH


def test_a_call_that_a_stop_cut_short_is_not_mended_into_one_that_can_be_made() -> None:
    half = '<tool_call>{"name": "weather", "arguments": {"city": "Os'
    transcript = read(half, EndReason.CANCELLED, tools=weather_tools())
    assert transcript.calls == [("weather", '{"city": "Os')]
    whole_text = '<tool_call>{"arguments": {"city": "Oslo"}, "name": "weather"'
    assert read(whole_text, EndReason.CANCELLED, tools=weather_tools()).calls == []


def test_without_tools_a_call_is_ordinary_text() -> None:
    assert read(CALL).text == CALL


def test_a_call_from_inside_the_reasoning_is_made() -> None:
    transcript = read(f"<think>Look.\n{CALL}\ndone", tools=weather_tools())
    assert (transcript.reasoning, transcript.text) == ("Look.", "done")
    assert len(transcript.calls) == 1


def test_think_markers_in_an_argument_belong_to_it() -> None:
    call = '<tool_call>{"name": "a", "arguments": {"t": "<think>x</think>"}}</tool_call>'
    assert read(call, tools=weather_tools()).calls == [("a", '{"t": "<think>x</think>"}')]


def test_a_stop_string_ends_the_text_and_never_shows() -> None:
    transcript = read("one two END three", stop=["END"])
    assert transcript.text == "one two "
    assert transcript.stopped
    assert transcript.reason is FinishReason.STOP


def test_the_beginning_of_a_stop_string_is_text_when_nothing_follows() -> None:
    assert read("one EN", stop=["END"]).text == "one EN"


def test_a_stop_string_wins_over_the_length() -> None:
    assert read("a END", EndReason.LENGTH, stop=["END"]).reason is FinishReason.STOP


def test_the_stop_string_complete_first_wins() -> None:
    assert read("xabcdy", stop=["abcd", "bc"]).text == "xa"


def test_the_stop_string_that_matched_is_named() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, stop=["abcd", "bc"])
    assembler.feed(tokenizer.encode("xab"))
    assert assembler.stop_sequence is None
    assembler.feed(tokenizer.encode("cdy"))
    assert assembler.stop_sequence == "bc"


def test_stop_strings_leave_reasoning_and_arguments_alone() -> None:
    transcript = read(
        f"<think>Oslo END</think>ok\n{CALL} fine", stop=["Oslo"], tools=weather_tools()
    )
    assert transcript.reasoning == "Oslo END"
    assert transcript.calls == [("weather", '{"city": "Oslo"}')]
    assert transcript.text == "ok\n fine"


def test_a_newline_stop_is_not_met_by_the_newlines_of_a_marker() -> None:
    transcript = read("<think>\na\n\nb\n</think>\n\nyes\n\nno", stop=["\n\n"])
    assert (transcript.reasoning, transcript.text) == ("a\n\nb", "yes")


def test_a_newline_stop_ends_the_text_at_once() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, stop=["\n"], tools=weather_tools())
    assembler.feed(tokenizer.encode("line\n"))
    assert assembler.stopped


def test_nothing_comes_after_a_stop() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, stop=["."])
    assembler.feed(tokenizer.encode("a.b"))
    assert assembler.feed(tokenizer.encode("c")) == []
    assert assembler.finish(EndReason.CANCELLED) == ([], FinishReason.STOP)


def test_text_is_held_back_only_while_it_may_be_a_marker() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, stop=["END"], tools=weather_tools())
    seen = ["".join(e.text for e in assembler.feed([i])) for i in b"a <b> E.<tool_x"]  # type: ignore[union-attr]
    assert seen == ["a", " ", "", "<b", ">", " ", "", "E.", "", "", "", "", "", "", "<tool_x"]


def test_tokens_that_arrive_together_are_one_delta_of_each_kind() -> None:
    tokenizer = ByteTokenizer()
    assembler = OutputAssembler(tokenizer, tools=weather_tools())
    events = assembler.feed(tokenizer.encode(f"<think>\nHm.\n</think>\nWell, yes.\n{CALL}\nSo."))
    kinds = [type(event).__name__ for event in events]
    assert kinds == ["ReasoningDelta", "TextDelta", "ToolCallDelta", "ToolCallDelta", "TextDelta"]


def test_markers_inside_an_answer_with_a_format_are_its_data() -> None:
    data = '{"note": "<think>kept</think> <tool_call>literal</tool_call>"}'
    transcript = read(data, formatted=True, tools=weather_tools())
    assert (transcript.reasoning, transcript.text, transcript.calls) == ("", data, [])


def test_reasoning_and_calls_before_a_format_begins_are_what_they_are() -> None:
    thought = read("<think>\nHm.</think>\n\n{}", formatted=True)
    assert (thought.reasoning, thought.text) == ("Hm.", "{}")
    opened = read('Hm.</think>["<think>"]', formatted=True, starts_in_reasoning=True)
    assert (opened.reasoning, opened.text) == ("Hm.", '["<think>"]')
    assert len(read(CALL, formatted=True, tools=weather_tools()).calls) == 1
