"""Calls, text and reasoning in each family's own format are recovered, wherever they are cut."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from tests.mlx_server.output.families.tokenizer import FamilyTokenizer
from tests.mlx_server.output.families.writing import STREAMING, WRITINGS, Writing
from tests.mlx_server.output.transcript import Transcript

TRICKY: dict[str, Any] = {
    "text": ' say "hi" \\ \'x\'\n{"a": [1, }] <b> & é漢\N{GRINNING FACE}, k: v\n',
    "empty": "",
    "word": "null",
    "digits": "007",
    "count": -3,
    "ratio": 0.25,
    "yes": True,
    "no": False,
    "nothing": None,
    "deep": {"a": [1, {"b": None, "c": "x, y: {z}"}], "d": {}, "e": 'q"q'},
    "list": ["", " sp & <b>", [], [True, 2.5]],
}
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}
PARALLEL = sorted(WRITINGS)


def tools(**arguments: Any) -> list[dict[str, Any]]:
    """Two tools; ``write`` takes arguments of these values' types."""
    kinds = {type(None): "null", dict: "object", **TYPES}
    properties = {key: {"type": kinds[type(value)]} for key, value in arguments.items()}
    write = {"name": "write", "parameters": {"type": "object", "properties": properties}}
    functions = [write, {"name": "look-up.all", "parameters": {}}]
    return [{"type": "function", "function": function} for function in functions]


def read(
    name: str, pieces: Sequence[str], reason: EndReason = EndReason.STOP, **options: Any
) -> Transcript:
    """The transcript of an answer cut into these pieces, without the random ids."""
    assembler = OutputAssembler(FamilyTokenizer(name, pieces), **options)
    transcript = Transcript.of(assembler, [[at] for at in range(len(pieces))], reason)
    transcript.call_ids = []
    return transcript


def answer(writing: Writing) -> str:
    """Reasoning, then calls with text before, between and behind."""
    behind = "" if writing.family == "mistral" else writing.text(f" After{near(writing)}")
    between = "" if writing.family == "mistral" else writing.text(" between.")
    return (
        writing.thought("Hm, <b> x")
        + writing.text(f"Before{near(writing)}.")
        + writing.calls([("write", TRICKY), ("look-up.all", {})])
        + between
        + ("" if writing.family == "mistral" else writing.calls([("look-up.all", {})]))
        + behind
    )


def near(writing: Writing) -> str:
    """Text that a marker may begin with, and does not."""
    return f" {(writing.opening or '<|channel|>')[:2]}"


def parsed(transcript: Transcript) -> list[tuple[str, Any]]:
    return [(name, json.loads(arguments)) for name, arguments in transcript.calls]


@pytest.mark.parametrize("name", WRITINGS)
def test_every_cut_of_an_answer_gives_the_same(name: str) -> None:
    writing = WRITINGS[name]
    text, options = answer(writing), {"tools": tools(**TRICKY)}
    whole = read(name, list(text), **options)
    start = near(writing)
    if writing.family == "mistral":  # its calls last to the end
        assert (whole.reasoning, whole.text) == ("Hm, <b> x", f"Before{start}.")
        assert parsed(whole) == [("write", TRICKY), ("look-up.all", {})]
    else:
        assert (whole.reasoning, whole.text) == (
            "Hm, <b> x",
            f"Before{start}. between. After{start}",
        )
        assert parsed(whole) == [("write", TRICKY), ("look-up.all", {}), ("look-up.all", {})]
    for at in range(len(text)):
        assert read(name, [text[:at], text[at:]], **options) == whole, text[:at]


@pytest.mark.parametrize("name", WRITINGS)
def test_json_arguments_come_as_they_are_written_and_others_when_the_call_ends(name: str) -> None:
    writing = WRITINGS[name]
    text = writing.calls([("write", {"text": "Oslo"})])
    assembler = OutputAssembler(FamilyTokenizer(name, list(text)), tools=tools(text="Oslo"))
    cut = text.index("slo")
    events = [event for at in range(cut) for event in assembler.feed([at])]
    transcript = Transcript()
    transcript.add(events)
    if name in STREAMING:
        assert transcript.calls == [("write", '{"text": "O')]
        assert len(events) > 5
    else:
        assert events == []


@pytest.mark.parametrize("name", WRITINGS)
def test_without_tools_a_think_block_is_still_reasoning(name: str) -> None:
    writing = WRITINGS[name]
    text = writing.thought("Hm.") + writing.text("Well <, yes.")
    for pieces in (list(text), [text]):
        transcript = read(name, pieces)
        assert (transcript.reasoning, transcript.text) == ("Hm.", "Well <, yes.")
    cut = read(name, list(writing.think[0] + "Hm"), EndReason.LENGTH)
    assert (cut.reasoning, cut.text) == ("Hm", "")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<|>]"), max_size=20)
SIMPLE = st.none() | st.booleans() | st.integers() | TEXTS
KEYS = st.from_regex(r"\A[a-z_][a-z0-9_]{0,8}\Z")
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("name", WRITINGS)
@settings(deadline=None, max_examples=30)
@given(arguments=st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_arguments_are_recovered_exactly(name: str, arguments: dict[str, Any]) -> None:
    text = WRITINGS[name].calls([("write", arguments)])
    transcript = read(name, [text], tools=tools(**arguments))
    assert (parsed(transcript), transcript.text) == ([("write", arguments)], "")
