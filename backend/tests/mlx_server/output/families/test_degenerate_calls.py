"""A model that repeats itself between a call's markers costs no more than the text is long."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mlx_manager.mlx_server.output.call_parsing import MAX_FOREIGN_CHARS, CallParser
from mlx_manager.mlx_server.output.families.known import family_of
from tests.mlx_server.output.families.test_broken_calls import TOOLS
from tests.mlx_server.output.families.tokenizer import FamilyTokenizer

CHARS = 200_000
CPU_SECONDS = 2.0
GLM = ("glm47", "laguna")
REPEATED = [
    *((name, piece) for name in GLM for piece in (
        "<arg_key>",
        "<arg_key></arg_key><arg_value>",
        "<arg_key>city</arg_key><arg_value>",
        "<arg_key>city</arg_key>",
        "go\n",
        "a=1 ",
        "[",
    )),
    ("longcat", "<longcat_arg_key></longcat_arg_key><longcat_arg_value>"),
    ("qwen3_coder", "<function=go>\n<parameter=city></function>"),
    ("qwen3_coder", "<function=go>\n<parameter=city>"),
    ("minimax_m2", '<invoke name="go">\n<parameter name="city">'),
    ("minimax_m2", "<invoke name='go'>"),
    ("muse_spark", '<atem:invoke name="go">\n<atem:parameter name="city"></atem:invoke>'),
    ("kimi_k3", '<|open|>call tool="go" index="1"<|sep|>'),
    ("kimi_k3", "<|open|>call aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("kimi_k2", "<|tool_call_begin|>"),
    ("mistral", "word-"),
    ("harmony", "to=functions.go <|message|>"),
    ("pythonic", "[go("),
    ("gemma4", "call:go{"),
    ("function_gemma", "call:go{a:"),
]  # fmt: skip


class TooSlow(BaseException):
    """Not an ``Exception``: nothing on the way may take it for a text that is no call."""


@contextmanager
def cpu_seconds(most: float) -> Iterator[None]:
    """Fail after so much time of this process's own, however busy the machine is."""

    def ring(*_: Any) -> None:
        raise TooSlow(f"more than {most} s")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def parser(name: str) -> CallParser:
    tokenizer = FamilyTokenizer(name)
    family = family_of(tokenizer)
    assert family is not None
    return CallParser(family.form, tokenizer.tool_parser, TOOLS)


@pytest.mark.parametrize(("name", "piece"), REPEATED)
@pytest.mark.parametrize("head", ["", "go"])
def test_repetition_is_read_or_refused_in_time(name: str, piece: str, head: str) -> None:
    reader, body = parser(name), head + piece * (CHARS // len(piece))
    with cpu_seconds(CPU_SECONDS):
        try:
            calls = reader.read(body, mend=True)
        except Exception:  # whatever a parser raises makes it text
            return
    assert {call.name for call in calls} <= {"go"}


@pytest.mark.parametrize("name", GLM)
def test_a_large_call_in_json_is_still_another_spelling(name: str) -> None:
    arguments = {"city": "Oslo <b>" * MAX_FOREIGN_CHARS}
    body = json.dumps({"name": "go", "arguments": arguments})
    with cpu_seconds(CPU_SECONDS):
        (call,) = parser(name).read(body, mend=False)
    assert (call.name, call.arguments) == ("go", arguments)
