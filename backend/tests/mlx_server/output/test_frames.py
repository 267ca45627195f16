"""Answers whose parts have headers: what is shown of them, and what never is."""

import pytest

from mlx_manager.mlx_server.core.events import FinishReason
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from tests.mlx_server.output.families.tokenizer import FamilyTokenizer
from tests.mlx_server.output.transcript import Transcript, weather_tools

FINAL = "<|channel|>final<|message|>"
CALL = '<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": "Oslo"}'


def read(text: str, reason: EndReason = EndReason.STOP, **options: object) -> Transcript:
    """An answer of gpt-oss, a character at a time."""
    tokenizer = FamilyTokenizer("harmony", list(text))
    assembler = OutputAssembler(tokenizer, **options)  # type: ignore[arg-type]
    return Transcript.of(assembler, [[at] for at in range(len(text))], reason)


def test_channels_are_reasoning_a_word_to_the_user_and_a_call() -> None:
    thought = "<|channel|>analysis<|message|>Look it up.<|end|>"
    preamble = "<|start|>assistant<|channel|>commentary<|message|>One moment.<|end|>"
    text = f"{thought}{preamble}<|start|>assistant{CALL}"
    transcript = read(text, tools=weather_tools())
    assert (transcript.reasoning, transcript.text) == ("Look it up.", "One moment.")
    assert transcript.calls == [("weather", '{"city": "Oslo"}')]
    assert transcript.reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain words, no header.", "Plain words, no header."),
        ("to be, or not", "to be, or not"),
        ("  <b>", "  <b>"),
        (f"{FINAL}Yes.<|return|>", "Yes."),
        (f"{FINAL}Yes.<|end|>Also.", "Yes.Also."),
        (f"{FINAL}a <|b <|message|> c", "a <|b <|message|> c"),
        ("<|channel|>" + "x" * 300, "<|channel|>" + "x" * 300),
        ("<|channel|>fin", ""),
        (f"{FINAL}", ""),
    ],
)
def test_only_headers_are_hidden(text: str, shown: str) -> None:
    assert read(text).text == shown


def test_a_channel_that_follows_without_an_end_is_a_channel() -> None:
    transcript = read(f"<|channel|>analysis<|message|>Hm.{FINAL}Yes.")
    assert (transcript.reasoning, transcript.text) == ("Hm.", "Yes.")


def test_a_call_without_tools_shows_its_arguments_and_no_markup() -> None:
    assert read(CALL).text == '{"city": "Oslo"}'


def test_an_answer_that_goes_on_has_no_header() -> None:
    assert read("lo <|channel|", continues=True).text == "lo <|channel|"
    opened = read(f"Hm.<|end|><|start|>assistant{FINAL}Yes.", starts_in_reasoning=True)
    assert (opened.reasoning, opened.text) == ("Hm.", "Yes.")


def test_markers_in_an_answer_with_a_format_are_its_data() -> None:
    data = '{"note": "<|end|><|channel|>analysis<|message|>"}'
    assert read(f"{FINAL}{data}", formatted=True).text == data


def test_a_header_belongs_to_no_text() -> None:
    tokenizer = FamilyTokenizer("harmony", [FINAL[:4], FINAL[4:], "Yes.", "<|end|>", "<|start|>"])
    assembler = OutputAssembler(tokenizer)
    inside = []
    for at in range(5):
        assembler.feed([at])
        inside.append(assembler.in_markup)
    assert inside == [True, False, False, True, True]
    assert assembler.reasoning_tokens == 0
