"""Calls that must be made, as a grammar in the model's own format.

https://github.com/guidance-ai/llguidance/blob/main/docs/toolcalls.md
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.request import GenerationRequest, GrammarKind, GrammarSpec
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.output.grammar import lark_body
from mlx_manager.mlx_server.output.json_call import JSON_FAMILY
from mlx_manager.mlx_server.output.json_schema import followable

_WRITTEN = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""As chat templates write JSON: what the model has seen, and no room for endless white space."""


def answer_grammar(tokenizer: Tokenizer, request: GenerationRequest) -> GrammarSpec | None:
    """What rules the answer: the format asked for, calls, or either of them.

    Raises ``BadRequest`` naming ``tool_choice`` or ``response_format`` when the model cannot be
    held to it.
    """
    tools, choice, wanted = request.tools, request.tool_choice, request.grammar
    if not tools:
        return wanted
    if not _is_ruled(tokenizer, request):
        return wanted if tokenizer.tool_parser is None or wanted is None else _refuse(request)
    strict = any(_is_strict(tool) for tool in tools)
    if not (choice.required or strict or wanted):
        return None
    if choice.required and choice.name is not None:
        tools = [tool for tool in tools if tool["function"]["name"] == choice.name]
    start = _start(request)
    marks = [_literal(tokenizer, mark) for mark in _markers(tokenizer)]
    return GrammarSpec(GrammarKind.TOOLS, "\n".join([start, *_rules(tools, marks, wanted)]))


def _is_ruled(tokenizer: Tokenizer, request: GenerationRequest) -> bool:
    """Whether there is a grammar of the model's calls.

    Raises ``BadRequest`` when there is none and a call is required.
    """
    if tokenizer.tool_family == JSON_FAMILY:
        return True
    if not request.tool_choice.required:
        return False
    if tokenizer.tool_parser is None:
        raise BadRequest(
            f"'tool_choice' cannot require a call: the chat template of {request.model!r} has no "
            "format for tool calls. Choose a model with tools, or leave 'tool_choice' out.",
            param="tool_choice",
        )
    raise BadRequest(
        f"'tool_choice' cannot require a call of {request.model!r}: its format "
        f'({tokenizer.tool_family}) has no grammar yet. Use "auto" and ask for the call in the '
        "prompt.",
        param="tool_choice",
    )


def _refuse(request: GenerationRequest) -> GrammarSpec:
    raise BadRequest(
        f"'response_format' cannot be enforced beside 'tools' on {request.model!r}: its calls "
        "have no grammar yet. Send one of the two.",
        param="response_format",
    )


def _start(request: GenerationRequest) -> str:
    choice = request.tool_choice
    calls = 'call ("\\n" call)*' if choice.parallel else "call"
    if choice.required:
        return f"start: {calls}"
    if request.grammar is not None:
        return f"start: answer | {calls}"
    return "start: (TEXT call)* TEXT\nTEXT: /(.|\\n)*/"


def _rules(
    tools: Sequence[Mapping[str, Any]], marks: list[str], wanted: GrammarSpec | None
) -> list[str]:
    names = [f"call_{at}" for at in range(len(tools))]
    rules = [f"call: {marks[0]} ({' | '.join(names)}) {marks[1]}"]
    for at, tool in enumerate(tools):
        function = tool["function"]
        head = f'\n{{"name": {json.dumps(function["name"], ensure_ascii=False)}, "arguments": '
        rules.append(f"call_{at}: {_quoted(head)} arguments_{at} {_quoted('}' + chr(10))}")
        rules.append(f"arguments_{at}: %json {_schema(function, strict=_is_strict(tool))}")
    if wanted is not None:
        rules.append(f"answer: {lark_body(wanted)}")
    return rules


def _schema(function: Mapping[str, Any], *, strict: bool) -> str:
    """The parameters of one tool; keywords that cannot be enforced are an error in a strict one."""
    parameters = followable(function["parameters"])
    written = {**_WRITTEN, "lenient": not strict}
    return json.dumps(
        {"type": "object", **parameters, "x-guidance": written}, ensure_ascii=False, indent=0
    )


def _is_strict(tool: Mapping[str, Any]) -> bool:
    return tool["function"].get("strict") is True


def _markers(tokenizer: Tokenizer) -> tuple[str, str]:
    return tokenizer.tool_call_start or "", tokenizer.tool_call_end or ""


def _literal(tokenizer: Tokenizer, marker: str) -> str:
    """A marker that is one token by its id, another one by its text."""
    ids = tokenizer.encode(marker, add_special_tokens=False)
    return f"<[{ids[0]}]>" if len(ids) == 1 else _quoted(marker)


def _quoted(text: str) -> str:
    """A string of a Lark grammar."""
    return json.dumps(text, ensure_ascii=False)
