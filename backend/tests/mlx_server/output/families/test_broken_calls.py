"""What is mended of broken calls, and that all else of them is text; spellings of mlx-lm's."""

import json
from typing import Any

import pytest

from mlx_manager.mlx_server.core.events import FinishReason
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from tests.mlx_server.output.families.tokenizer import FamilyTokenizer
from tests.mlx_server.output.families.writing import STREAMING, WRITINGS
from tests.mlx_server.output.transcript import Transcript

PROPERTIES = {
    "city": {"type": "string"},
    "days": {"type": "array"},
    "flag": {"type": "boolean"},
    "far": {"anyOf": [{"type": "number"}, {"type": "null"}]},
}
FUNCTION = {"name": "go", "parameters": {"type": "object", "properties": PROPERTIES}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def read(name: str, text: str, reason: EndReason = EndReason.STOP) -> Transcript:
    """An answer, a character at a time."""
    assembler = OutputAssembler(FamilyTokenizer(name, list(text)), tools=TOOLS)
    return Transcript.of(assembler, [[at] for at in range(len(text))], reason)


def parsed(transcript: Transcript) -> list[tuple[str, Any]]:
    return [(name, json.loads(arguments)) for name, arguments in transcript.calls]


@pytest.mark.parametrize("name", sorted(set(WRITINGS) - {"harmony"}))
@pytest.mark.parametrize("body", ["not a call at all", "{", "<x>[}", ""])
def test_words_between_the_markers_are_text(name: str, body: str) -> None:
    tokenizer = FamilyTokenizer(name)
    start, end = tokenizer.tool_call_start or "", tokenizer.tool_call_end or ""
    header = WRITINGS[name].calling[0]
    transcript = read(name, f"{header}{start}{body}{end}")
    assert (transcript.text, transcript.calls) == (f"{start}{body}{end}", [])
    assert transcript.reason is FinishReason.STOP


@pytest.mark.parametrize("name", WRITINGS)
def test_what_the_length_cuts_off_is_never_a_whole_call(name: str) -> None:
    writing = WRITINGS[name]
    text = writing.calls([("go", {"city": "Oslo", "days": [1]})])
    end = text.index("1")
    for at in range(text.index("go") + 3, end + 1):
        transcript = read(name, text[:at], EndReason.LENGTH)
        assert transcript.reason is FinishReason.LENGTH
        if transcript.calls:  # begun, and streamed
            assert name in STREAMING
            with pytest.raises(ValueError, match="line 1"):
                json.loads(transcript.calls[0][1])
        elif transcript.text:
            assert transcript.text in text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("qwen3_coder", "<tool_call>\n<function=go>\n<parameter=city>\nOslo\n</parameter>\n"),
        ("qwen3_coder", "<tool_call><function=go><parameter=city>Oslo</parameter></tool_call>"),
        ("qwen3_coder", "<tool_call>\n<function=go>\n<parameter=city>\nOslo\n</function>"),
        ("glm47", "<tool_call>go<arg_key>city</arg_key><arg_value>Oslo</tool_call>"),
        ("glm47", '<tool_call>{"name": "go", "arguments": {"city": "Oslo"}}</tool_call>'),
        ("longcat", '<longcat_tool_call>{"name": "go", "arguments": {"city": "Oslo"}}'),
        ("minimax_m2", '<minimax:tool_call><invoke name="go"><parameter name="city">Oslo'),
        ("minimax_m2", "<minimax:tool_call><invoke name='go'><parameter name='city'>Oslo"
            "</parameter></invoke></minimax:tool_call>"),
        ("minicpm5", "<function name='go'><param name='city'>Oslo</param></function>"),
        ("kimi_k3", '<|open|>tools<|sep|><|open|>call tool="go"<|sep|><|open|>json type="object"'
            '<|sep|>{"city": "Oslo"}<|close|>json<|sep|><|close|>call<|sep|>'),
        ("kimi_k2", '<|tool_calls_section_begin|><|tool_call_begin|>go:0'
            '<|tool_call_argument_begin|>{"city": "Oslo"'),
        ("mistral", '[TOOL_CALLS]go[CALL_ID]abcdefghi[ARGS]{"city": "Oslo"'),
        ("mistral", '[TOOL_CALLS] [{"name": "go", "arguments": {"city": "Oslo"}, "id": "a"}]'),
        ("mistral_list", '[TOOL_CALLS] [{"arguments": {"city": "Oslo"}, "name": "go"}]'),
        ("pythonic", "<|tool_call_start|>[go(city='Oslo')]<|tool_call_end|>"),
        ("pythonic", '<|tool_call_start|>[go(city="Oslo"'),
        ("gemma4", '<|tool_call>call:go{city:<|"|>Oslo<|"|>'),
        ("gemma4", "<|tool_call>call:go{ city: Oslo }<tool_call|>"),
        ("function_gemma", "<start_function_call>call:go{city:<escape>Oslo<escape>"),
        ("harmony", '<|start|>assistant to=functions.go<|channel|>commentary json<|message|>'
            '{"city": "Oslo",'),
        ("harmony", '<|channel|>analysis to=functions.go <|message|>{"city": "Oslo"'),
    ],
)  # fmt: skip
def test_calls_that_can_only_mean_one_thing_are_made(name: str, text: str) -> None:
    transcript = read(name, text)
    assert (parsed(transcript), transcript.text) == ([("go", {"city": "Oslo"})], "")
    assert transcript.reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("True", {"flag": True}),
        (" false ", {"flag": False}),
        ("perhaps", {"flag": "perhaps"}),
        ("[1, 2,]", {"days": [1, 2]}),
        ("2.5", {"far": 2.5}),
        ("None", {"far": None}),
        ("NaN", {"far": "NaN"}),
        ("5", {"other": 5}),
        ('"5"', {"other": '"5"'}),
    ],
)
def test_a_bare_value_is_what_its_schema_says(value: str, meant: dict[str, Any]) -> None:
    (key,) = meant
    text = f"<tool_call>\n<function=go>\n<parameter={key}>\n{value}\n</parameter>\n</function>"
    assert parsed(read("qwen3_coder", f"{text}\n</tool_call>")) == [("go", meant)]


def test_ids_are_the_models_own_or_what_its_template_takes() -> None:
    own = read("mistral", "[TOOL_CALLS]go[CALL_ID]abcdefghi[ARGS]{}")
    assert own.call_ids == ["abcdefghi"]
    (fresh,) = read("mistral", "[TOOL_CALLS]go[ARGS]{}").call_ids
    assert (len(fresh), fresh.isalnum()) == (9, True)
    kimi = read("kimi_k2", WRITINGS["kimi_k2"].calls([("go", {}), ("go", {})]))
    assert kimi.call_ids == ["functions.go:0", "functions.go:1"]


def test_one_broken_call_among_good_ones_is_not_lost() -> None:
    good = '<|open|>call tool="go"<|sep|><|close|>call<|sep|>'
    broken = '<|open|>call tool="go"<|sep|><|open|>json<|sep|>{<|close|>json<|sep|>'
    text = f"<|open|>tools<|sep|>{good}{broken}<|close|>call<|sep|><|close|>tools<|sep|>"
    transcript = read("kimi_k3", text)
    assert (transcript.calls, transcript.text) == ([], text)


@pytest.mark.parametrize("name", WRITINGS)
def test_where_one_call_may_be_made_a_second_is_dropped(name: str) -> None:
    text = WRITINGS[name].calls([("go", {"city": "A"}), ("go", {"city": "B"})]) + "x"
    tokenizer = FamilyTokenizer(name, list(text))
    assembler = OutputAssembler(tokenizer, tools=TOOLS, one_call=True)
    transcript = Transcript.of(assembler, [[at] for at in range(len(text))], EndReason.STOP)
    assert parsed(transcript) == [("go", {"city": "A"})]
    assert (transcript.text, transcript.reason) == ("", FinishReason.TOOL_CALLS)
