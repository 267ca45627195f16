"""Calls of a model's own accord: free text until one begins, then nothing but a call that fits."""

import ctypes
import json
import random
from dataclasses import replace
from itertools import count

import jsonschema
import pytest

from mlx_manager.mlx_server.core.request import ToolChoice
from mlx_manager.mlx_server.output.call_guard import CallGuard, guard
from mlx_manager.mlx_server.output.tool_grammar import begun_call
from tests.mlx_server.output.families.forced import (
    NOTHING,
    PARAMETERS,
    handle,
    request,
    tool,
    transcript,
)
from tests.mlx_server.output.families.tokenizer import END, FamilyTokenizer
from tests.mlx_server.output.families.writing import WRITINGS

TOOLS = [tool("book", PARAMETERS, strict=False), tool("look-up.all", NOTHING, strict=False)]
UNOFFERED = [tool("odd", {"type": "object", "not": {"type": "array"}}, strict=False)]
UNGUARDED = {"harmony", "muse_spark", "kimi_k3", "minicpm5"}
"""Frames have headers of their own, Kimi K3's calls begin with the token of all its markup, and
MiniCPM5's with plain text."""
RESIDENCES = count(1_000_000)


def made(name: str, tools: object = TOOLS) -> tuple[FamilyTokenizer, CallGuard | None, int]:
    """A family's tokenizer, the guard of these tools, and the token that opens a call."""
    tokenizer = FamilyTokenizer(name)
    asked = request(ToolChoice(), tools=tools)
    begun = begun_call(tokenizer, asked)
    # Grammars are kept by residence, and each of these is a model of its own.
    model = replace(handle(tokenizer, tokenizer.vocabulary_size), generation=next(RESIDENCES))
    found = guard(model, asked)
    assert found is None or isinstance(found, CallGuard)
    return tokenizer, found, begun.opening if begun else -1


def allowed(ruled: CallGuard, size: int) -> list[int]:
    """The ids that may come next; the engine's mask allows all until a grammar says otherwise."""
    words = (ctypes.c_int32 * -(-size // 32))(*[-1] * -(-size // 32))
    ruled.fill_mask(memoryview(words).cast("B"))
    return [at for at in range(size) if words[at // 32] >> at % 32 & 1]


def one_call(tokenizer: FamilyTokenizer, ruled: CallGuard, opening: int, seed: int) -> list[int]:
    """The ids from the opening token until the guard lets everything follow again."""
    draw = random.Random(seed)
    size = tokenizer.vocabulary_size
    assert len(allowed(ruled, size)) == size
    ids = [opening]
    ruled.consume(opening)
    while len(ids) < 1500:
        free = allowed(ruled, size)
        if len(free) == size:
            return ids
        ids.append(draw.choice([each for each in free if each != END] or [END]))
        ruled.consume(ids[-1])
    raise AssertionError("a call without an end")


@pytest.mark.parametrize("name", WRITINGS)
def test_a_call_that_has_begun_is_one_of_an_offered_tool_and_fits_it(name: str) -> None:
    tokenizer, ruled, opening = made(name)
    if ruled is None:
        assert name in UNGUARDED
        return
    said = tokenizer.encode("Let me see. ")
    for token in said:
        ruled.consume(token)
    for seed in range(6):
        ids = one_call(tokenizer, ruled, opening, seed)
        heard = transcript(tokenizer, [*said, *ids], TOOLS)
        assert heard.calls, (name, tokenizer.decode(ids))
        for called, arguments in heard.calls:
            schema = {"book": PARAMETERS, "look-up.all": NOTHING}[called]
            jsonschema.validate(json.loads(arguments), schema)


def test_without_tools_there_is_nothing_to_guard() -> None:
    assert made("json_tools", [])[1] is None


def test_a_schema_that_cannot_be_followed_leaves_the_model_free() -> None:
    assert made("json_tools", UNOFFERED)[1] is not None  # what it does not know is left out
    broken = [
        tool("odd", {"type": "object", "properties": {"a": {"$ref": "#/$defs/no"}}}, strict=False)
    ]
    assert made("json_tools", broken)[1] is None


def test_arguments_that_the_tool_does_not_name_are_not_made_up() -> None:
    named = {"type": "object", "properties": {"a": {"type": "integer", "maximum": 9}}}
    tokenizer, ruled, opening = made("json_tools", [tool("add", named, strict=False)])
    assert ruled is not None
    for seed in range(8):
        heard = transcript(tokenizer, one_call(tokenizer, ruled, opening, seed), TOOLS)
        assert {name for _, arguments in heard.calls for name in json.loads(arguments)} <= {"a"}
