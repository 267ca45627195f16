"""Grammars of calls: made for a family as the spine makes them, drawn from, and asked."""

import ctypes
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.model import ModelHandle, Tokenizer
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest, GrammarSpec, ToolChoice
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from mlx_manager.mlx_server.output.grammar import GrammarCompiler, TokenGrammar
from mlx_manager.mlx_server.output.tool_grammar import answer_grammar
from tests.mlx_server.output.families.tokenizer import END, FamilyTokenizer
from tests.mlx_server.output.transcript import Transcript

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"enum": ["Oslo", 'Rome "R"', "a/b <c"]},
        "code": {"type": "string", "pattern": "^[a-z]{2}/[0-9]$"},
        "days": {"type": "integer", "minimum": 0, "maximum": 99},
        "deep": {
            "type": "object",
            "properties": {
                "a": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2},
                "kind": {"$ref": "#/$defs/kind"},
            },
            "required": ["a"],
            "additionalProperties": False,
        },
        "maybe": {"type": ["boolean", "null"]},
        "note": {"type": "string", "maxLength": 4},
        "when": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    },
    "required": ["city", "days", "deep", "note"],
    "additionalProperties": False,
    "$defs": {"kind": {"const": "k"}},
}
NOTHING: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}


def tool(name: str, parameters: Mapping[str, Any], *, strict: bool = True) -> dict[str, Any]:
    """One function in the OpenAI form."""
    function = {"name": name, "parameters": parameters, "strict": strict}
    return {"type": "function", "function": function}


TOOLS = [tool("book", PARAMETERS), tool("look-up.all", NOTHING)]


def request(choice: ToolChoice, **fields: Any) -> GenerationRequest:
    """A request as the doors hand it on."""
    whole = {"tools": TOOLS, **fields}
    return GenerationRequest(RequestId("r"), ModelId("m"), LOCAL_OWNER, tool_choice=choice, **whole)


def handle(tokenizer: Tokenizer, size: int) -> ModelHandle:
    """What the loop knows of a model with this tokenizer."""
    return ModelHandle(ModelId("m"), Path(), 1, tokenizer, size, 4096, 0, 0)


def compiled(
    tokenizer: FamilyTokenizer,
    wanted: GrammarSpec | GenerationRequest,
    *,
    size: int | None = None,
    **options: Any,
) -> TokenGrammar:
    """A grammar, or that of a request; over ``size`` ids, of which the tokenizer may know fewer."""
    spec = wanted if isinstance(wanted, GrammarSpec) else answer_grammar(tokenizer, wanted)
    assert spec is not None
    settings = {"opens_reasoning": False, **options}
    model = handle(tokenizer, size or tokenizer.vocabulary_size)
    return GrammarCompiler().compile(model, spec, **settings)


def accepts(tokenizer: FamilyTokenizer, wanted: Any, text: str, **options: Any) -> bool:
    """Whether a whole answer follows the grammar."""
    grammar = compiled(tokenizer, wanted, **options)
    allowed = all(_may_follow(grammar, token) for token in tokenizer.encode(text))
    return allowed and END in following(grammar, tokenizer.vocabulary_size)


def following(grammar: TokenGrammar, size: int) -> list[int]:
    """The ids that may come next."""
    words = (ctypes.c_int32 * -(-size // 32))()
    grammar.fill_mask(memoryview(words).cast("B"))
    return [at for at in range(size) if words[at // 32] >> at % 32 & 1]


def _may_follow(grammar: TokenGrammar, token: int) -> bool:
    return token in following(grammar, token + 1 + 64) and grammar.consume(token)


def drawn(tokenizer: FamilyTokenizer, grammar: TokenGrammar, seed: int) -> list[int]:
    """Ids that the grammar allows, drawn with equal chances until it lets the answer end."""
    draw = random.Random(seed)
    ids: list[int] = []
    while len(ids) < 1500:
        token = draw.choice(following(grammar, tokenizer.vocabulary_size))
        if token == END:
            return ids
        assert grammar.consume(token)
        ids.append(token)
    raise AssertionError("an answer without an end")


def transcript(tokenizer: FamilyTokenizer, ids: Sequence[int], tools: Any = TOOLS) -> Transcript:
    """What a reader gets of these ids."""
    assembler = OutputAssembler(tokenizer, tools=tools)
    return Transcript.of(assembler, [[each] for each in ids], EndReason.STOP)
