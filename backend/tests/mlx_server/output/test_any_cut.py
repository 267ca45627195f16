"""However the model's text is cut into tokens, the reader gets the same."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from tests.fakes.tokenizer import ByteTokenizer
from tests.mlx_server.output.transcript import Transcript, weather_tools

STOPS = ["END", "\n\n", "ab", "bcd", "<t", "aab"]
MARKUP = [
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<tool_",
    "</thi",
    "<",
    "\n",
    "\n\n",
]
PLAIN = ["a", "b", "ab", "aabcd", "EN", "END", " ", "é", "\N{GRINNING FACE}", "word"]
CALLS = [
    '{"name": "weather", "arguments": {"city": "Oslo"}}',
    '{"name": ',
    '{"name": "weather", "arguments": {"city": "Oslo", "days": [1, 2,]',
    '{"name": "other", "arguments": {}}',
    ", }",
    '"',
]
FRAGMENTS = st.sampled_from([*MARKUP, *PLAIN, *CALLS])
DOCUMENTS = st.lists(FRAGMENTS, max_size=14).map("".join)
WORDS = st.text(alphabet="abc é\N{GRINNING FACE}.", min_size=1, max_size=12)


class PieceTokenizer(ByteTokenizer):
    """Token ``i`` is the text ``pieces[i]``: tokens may hold half a marker and more."""

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__()
        self.pieces = pieces

    @property
    def detokenizer(self) -> Any:
        return _PieceDetokenizer(self.pieces)


class _PieceDetokenizer:
    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = pieces
        self._segment = ""

    def add_token(self, token: int) -> None:
        self._segment += self._pieces[token]

    def finalize(self) -> None:
        pass

    @property
    def last_segment(self) -> str:
        segment, self._segment = self._segment, ""
        return segment


def cut(text: str, places: Sequence[int]) -> list[str]:
    """``text`` cut before each of the places."""
    ends = sorted({place % (len(text) + 1) for place in places} | {0, len(text)})
    return [text[start:end] for start, end in pairwise(ends)]


def read(pieces: Sequence[str], feeds: int, **options: Any) -> Transcript:
    """The transcript of one cut, ``feeds`` tokens at a time, without the random ids."""
    assembler = OutputAssembler(PieceTokenizer(pieces), **options)
    ids = list(range(len(pieces)))
    batches = [ids[at : at + feeds] for at in range(0, len(ids), feeds)]
    transcript = Transcript.of(assembler, batches, EndReason.STOP)
    transcript.call_ids = []
    return transcript


OPTIONS = st.fixed_dictionaries(
    {
        "stop": st.lists(st.sampled_from(STOPS), max_size=3),
        "starts_in_reasoning": st.booleans(),
        "tools": st.sampled_from([(), weather_tools()]),
    }
)


@settings(deadline=None)  # the first import of the day is slow
@given(DOCUMENTS, st.lists(st.integers(0, 400), max_size=12), st.integers(1, 5), OPTIONS)
def test_every_cut_gives_the_same(
    text: str, places: list[int], feeds: int, options: dict[str, Any]
) -> None:
    by_character = read(list(text), 1, **options)
    assert read(cut(text, places), feeds, **options) == by_character
    assert read([text], 1, **options) == by_character


@given(WORDS, st.lists(st.text("abc.", min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_part_of_a_stop_string_leaks(text: str, stop: list[str]) -> None:
    ends = [text.find(s) + len(s) for s in stop if s in text]
    if ends:
        first_end = min(ends)
        longest = max(len(s) for s in stop if text[:first_end].endswith(s))
        expected = text[: first_end - longest]
    else:
        expected = text
    transcript = read(list(text), 1, stop=stop)
    assert transcript.text == expected
    assert transcript.stopped == bool(ends)


@given(st.lists(st.tuples(st.sampled_from(["think", "call", "say"]), WORDS), max_size=6))
def test_well_formed_output_is_recovered_and_no_marker_leaks(parts: list[tuple[str, str]]) -> None:
    text = "".join(_written(kind, words) for kind, words in parts)
    transcript = read(list(text), 1, tools=weather_tools())
    said = {kind: [words for k, words in parts if k == kind] for kind in ("think", "call", "say")}
    assert transcript.text == "".join(said["say"])
    assert transcript.reasoning.replace("\n", "") == "".join(said["think"])
    assert [json.loads(arguments)["city"] for _, arguments in transcript.calls] == said["call"]


@given(st.text(max_size=40))
def test_any_text_of_bytes_arrives_whole(text: str) -> None:
    tokenizer = ByteTokenizer(has_thinking=False)
    assembler = OutputAssembler(tokenizer)
    pieces = [[byte] for byte in text.encode()]
    assert Transcript.of(assembler, pieces, EndReason.STOP).text == text


def _written(kind: str, words: str) -> str:
    if kind == "think":
        return f"<think>\n{words}\n</think>\n\n"
    return f"<tool_call>\n{_call(words)}\n</tool_call>\n" if kind == "call" else words


def _call(city: str) -> str:
    return json.dumps({"name": "weather", "arguments": {"city": city}})
