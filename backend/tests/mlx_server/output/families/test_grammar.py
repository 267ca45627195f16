"""Calls that must be made, in each family's own format: whatever is drawn, it parses and fits."""

import json
from typing import Any

import jsonschema
import pytest

from mlx_manager.mlx_server.core.events import FinishReason
from mlx_manager.mlx_server.core.request import GrammarKind, GrammarSpec, ToolChoice
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.output.tool_grammar import answer_grammar
from tests.mlx_server.output.families.forced import (
    NOTHING,
    PARAMETERS,
    accepts,
    compiled,
    drawn,
    request,
    tool,
    transcript,
)
from tests.mlx_server.output.families.tokenizer import FamilyTokenizer
from tests.mlx_server.output.families.writing import STREAMING, WRITINGS

REQUIRED = ToolChoice(required=True)
BOOKED = {
    "city": "a/b <c",
    "code": "ab/1",
    "days": 7,
    "deep": {"a": [True], "kind": "k"},
    "note": '"\n{',
    "when": None,
}
FRAMED = {"harmony", "muse_spark"}
SCHEMAS = {"book": PARAMETERS, "look-up.all": NOTHING}


@pytest.mark.parametrize("name", WRITINGS)
def test_whatever_is_drawn_is_calls_that_fit_their_tools(name: str) -> None:
    tokenizer = FamilyTokenizer(name)
    for seed in range(2):
        said = transcript(tokenizer, drawn(tokenizer, compiled(tokenizer, request(REQUIRED)), seed))
        assert (said.text, said.reason) == ("", FinishReason.TOOL_CALLS)
        assert said.calls
        assert not said.reasoning or name in FRAMED  # those reason before they call
        for called, arguments in said.calls:
            jsonschema.validate(json.loads(arguments), SCHEMAS[called])


@pytest.mark.parametrize("name", WRITINGS)
def test_a_named_call_is_that_one_and_the_only_one(name: str) -> None:
    tokenizer = FamilyTokenizer(name)
    choice = ToolChoice(required=True, name="book", parallel=False)
    said = transcript(tokenizer, drawn(tokenizer, compiled(tokenizer, request(choice)), 5))
    ((called, arguments),) = said.calls
    jsonschema.validate(json.loads(arguments), PARAMETERS)
    assert (called, said.text) == ("book", "")


@pytest.mark.parametrize("name", WRITINGS)
def test_a_call_as_the_template_writes_it_follows_the_grammar(name: str) -> None:
    writing = WRITINGS[name]
    text = writing.calls([("book", BOOKED)]).removesuffix("<|call|><|start|>assistant")
    text = text.removesuffix("<|eom|><|start|>assistant ").replace(
        "[TOOL_CALLS] [", "[TOOL_CALLS]["
    )
    printed = {"qwen3_coder": "None", "pythonic": "True"}
    tokenizer = FamilyTokenizer(name)
    written = text.replace("\nNone\n", "\nnull\n") if name in printed else text
    written = written.replace(":None}", ":null}")
    assert accepts(tokenizer, request(REQUIRED), written)
    assert not accepts(tokenizer, request(REQUIRED), written.replace("ab/1", "ab/x"))
    assert not accepts(tokenizer, request(REQUIRED), "No." + written)


@pytest.mark.parametrize("name", WRITINGS)
def test_strict_tools_are_followed_when_the_model_chooses_to_call(name: str) -> None:
    writing, tokenizer, auto = WRITINGS[name], FamilyTokenizer(name), request(ToolChoice())
    said = writing.text("Well <, then.").removesuffix(writing.said[1] if writing.said[0] else "")
    call = drawn(tokenizer, compiled(tokenizer, request(REQUIRED)), 3)
    block = tokenizer.decode(call)
    assert accepts(tokenizer, auto, said)
    assert accepts(tokenizer, auto, block)
    if not writing.said[0]:
        assert accepts(tokenizer, auto, said + block)
    assert not accepts(tokenizer, auto, block.replace("book", "cook").replace("look", "lock"))


@pytest.mark.parametrize("name", WRITINGS)
def test_what_a_strict_tool_cannot_promise_is_refused_and_a_loose_one_lets_pass(name: str) -> None:
    tokenizer = FamilyTokenizer(name)
    odd = {"type": "object", "properties": {"a": {"type": "string", "not": {"const": "x"}}}}
    with pytest.raises(BadRequest, match='"not"') as refused:
        compiled(tokenizer, request(REQUIRED, tools=[tool("f", odd)]))
    assert refused.value.param == "tools"
    compiled(tokenizer, request(REQUIRED, tools=[tool("f", odd, strict=False)]))


@pytest.mark.parametrize("name", WRITINGS)
def test_a_tool_that_names_no_arguments_may_be_given_any(name: str) -> None:
    tokenizer, writing = FamilyTokenizer(name), WRITINGS[name]
    for free in ({}, {"type": "object"}, {"type": "object", "properties": {}}):
        wanted = request(REQUIRED, tools=[tool("f", free, strict=False)])
        for arguments in ({}, {"a": "x", "b": 1}):
            text = writing.calls([("f", arguments)]).removesuffix("<|call|><|start|>assistant")
            text = text.removesuffix("<|eom|><|start|>assistant ")
            assert accepts(tokenizer, wanted, text.replace("[TOOL_CALLS] [", "[TOOL_CALLS]["))


class NewFamily(FamilyTokenizer):
    """A family that a later mlx-lm may know."""

    @property
    def tool_family(self) -> str | None:
        return "later"


@pytest.mark.parametrize(
    ("param", "choice", "fields"),
    [
        ("tool_choice", REQUIRED, {}),
        ("tools", ToolChoice(), {}),
        (
            "response_format",
            ToolChoice(),
            {
                "grammar": GrammarSpec(GrammarKind.JSON_OBJECT),
                "tools": [tool("f", {}, strict=False)],
            },
        ),
    ],
)
def test_calls_without_a_grammar_are_refused_by_name(
    param: str, choice: ToolChoice, fields: Any
) -> None:
    with pytest.raises(BadRequest, match="later") as refused:
        answer_grammar(NewFamily("json_tools"), request(choice, **fields))
    assert refused.value.param == param


@pytest.mark.parametrize("name", sorted(FRAMED))
def test_a_format_rules_the_answer_behind_its_header_and_reasoning_is_free(name: str) -> None:
    writing, tokenizer = WRITINGS[name], FamilyTokenizer(name)
    wanted = GrammarSpec(GrammarKind.REGEX, "yes|no")
    answer, thought = f"{writing.said[0]}yes", writing.thought("Hm {.")
    assert accepts(tokenizer, wanted, answer)
    assert accepts(tokenizer, wanted, thought + answer)
    assert accepts(
        tokenizer, wanted, thought.removeprefix(writing.think[0]) + answer, opens_reasoning=True
    )
    assert not accepts(tokenizer, wanted, "yes")
    either = request(ToolChoice(), grammar=wanted)
    assert accepts(tokenizer, either, thought + answer)
    assert not accepts(tokenizer, either, f"{writing.said[0]}maybe")


@pytest.mark.parametrize("name", sorted(STREAMING - {"harmony"} | {"gemma4", "kimi_k3"}))
def test_reasoning_that_the_prompt_has_opened_is_free_until_it_ends(name: str) -> None:
    writing, tokenizer = WRITINGS[name], FamilyTokenizer(name)
    wanted = GrammarSpec(GrammarKind.REGEX, "yes|no")
    answer = f"Hm.{writing.think[1]}\n\nyes"
    assert accepts(tokenizer, wanted, answer, opens_reasoning=True)
    assert accepts(tokenizer, wanted, f"{writing.think[0]}{answer}", may_reason=True)
    assert not accepts(tokenizer, wanted, f"{writing.think[0]}{answer}")
    assert not accepts(tokenizer, wanted, "yes", opens_reasoning=True)
