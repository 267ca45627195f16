"""Calls that must be made, as a grammar in the model's own format.

https://github.com/guidance-ai/llguidance/blob/main/docs/toolcalls.md
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.request import GenerationRequest, GrammarKind, GrammarSpec
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.output.families.call_form import (
    Function,
    is_strict,
    parameters_of,
)
from mlx_manager.mlx_server.output.families.family import Family
from mlx_manager.mlx_server.output.families.known import family_of
from mlx_manager.mlx_server.output.families.writer import ANY_TEXT, GrammarWriter, escaped
from mlx_manager.mlx_server.output.grammar import lark_body

_RECIPIENT = r"/[\w.\-]{1,64}/"


def answer_grammar(tokenizer: Tokenizer, request: GenerationRequest) -> GrammarSpec | None:
    """What rules the answer: the format asked for, calls, or either of them.

    Raises ``BadRequest`` naming ``tool_choice``, ``tools`` or ``response_format`` when the model
    cannot be held to it.
    """
    choice, wanted = request.tool_choice, request.grammar
    if not request.tools:
        return wanted
    functions: list[Function] = [tool["function"] for tool in request.tools]
    strict = any(map(is_strict, functions))
    family = family_of(tokenizer)
    if family is None:
        _check_unruled(tokenizer, request, strict=strict)
        return wanted
    if not (choice.required or strict or wanted):
        return None
    if choice.required and choice.name is not None:
        functions = [each for each in functions if each["name"] == choice.name]
    writer = GrammarWriter(tokenizer)
    calls = _Calls(family, writer, functions, parallel=choice.parallel)
    start = calls.required() if choice.required else calls.optional(wanted)
    return GrammarSpec(GrammarKind.TOOLS, writer.grammar(start))


@dataclass(frozen=True, slots=True)
class BegunCall:
    """The token that opens a call, and what may follow to the call's end."""

    opening: int
    rest: GrammarSpec


def begun_call(tokenizer: Tokenizer, request: GenerationRequest) -> BegunCall | None:
    """One call of any of the request's tools; None where no token of its own opens it."""
    family = family_of(tokenizer)
    if family is None or family.frame is not None or not request.tools:
        return None
    writer = GrammarWriter(tokenizer)
    opened = writer.opening_token(family.opening)
    if opened is None:
        return None
    # Calls of one section follow each other in it; others have a section each.
    shares = bool(family.closing) and not (family.between or "").startswith(family.closing)
    functions = [_closed(tool["function"]) for tool in request.tools]
    calls = _Calls(family, writer, functions, parallel=shares)
    rest = writer.grammar(f"{opened[1]} {calls.inside}")
    return BegunCall(opened[0], GrammarSpec(GrammarKind.TOOLS, rest))


def _closed(function: Function) -> Function:
    """Where a tool does not say whether it takes more arguments than it names, it takes none."""
    parameters = parameters_of(function)
    return {**function, "parameters": {"additionalProperties": False, **parameters}}


def _check_unruled(tokenizer: Tokenizer, request: GenerationRequest, *, strict: bool) -> None:
    """Refuse what would have to be enforced of calls that have no grammar of ours."""
    if request.tool_choice.required:
        param, asked = "tool_choice", "'tool_choice' cannot require a call"
    elif strict and tokenizer.tool_family is not None:
        param, asked = "tools", "'strict' cannot be enforced"
    elif request.grammar is not None and tokenizer.tool_family is not None:
        param, asked = "response_format", "'response_format' cannot be enforced beside 'tools'"
    else:
        return
    if tokenizer.tool_family is None:
        raise BadRequest(
            f"{asked}: the chat template of {request.model!r} has no format for tool calls. "
            "Choose a model with tools, or leave 'tool_choice' out.",
            param=param,
        )
    raise BadRequest(
        f"{asked} of {request.model!r}: there is no grammar for its format of calls "
        f"({tokenizer.tool_family}). Leave it out, and ask for the call in the prompt.",
        param=param,
    )


class _Calls:
    """The calls of one answer as rules: one, or several where that is allowed."""

    def __init__(
        self,
        family: Family,
        writer: GrammarWriter,
        functions: Sequence[Function],
        *,
        parallel: bool,
    ) -> None:
        self._family = family
        self._writer = writer
        one = writer.rule(" | ".join(writer.rule(family.form.rule(f, writer)) for f in functions))
        parts = [one]
        if parallel and family.between is not None:
            between = f"{writer.literal(family.between)} " if family.between else ""
            parts.append(f"({between}{one})*")
        if family.closing:
            parts.append(writer.literal(family.closing))
        self.inside = writer.rule(" ".join(parts))

    def required(self) -> str:
        """Calls and no text."""
        writer, frame = self._writer, self._family.frame
        header = ""
        if frame is not None and frame.call_open is not None:
            before, after = map(writer.literal, frame.call_open)
            header = f"{before} {_RECIPIENT} {after} "
        opening = f"{writer.literal(self._family.opening)} " if self._family.opening else ""
        return f"{header}{opening}{self.inside}"

    def optional(self, wanted: GrammarSpec | None) -> str:
        """An answer or calls, as the model likes; without a format, text around calls too."""
        family, writer = self._family, self._writer
        said = f"{writer.literal(family.frame.said_open)} " if family.frame is not None else ""
        if wanted is not None:
            return f"{said}{writer.rule(lark_body(wanted))} | {self.required()}"
        text = self._text()
        if family.frame is not None:
            return f"{said}{text} | {self.required()}"
        if writer.begins_with_token(family.opening):
            return f"({text} {self.required()})* {text}"
        # The marker is text like any other: a text that reaches it goes on as a call.
        writer.define("before_call[lazy]", f"/{ANY_TEXT}{escaped(family.opening)}/")
        return f"(before_call {self.inside})* {text}"

    def _text(self) -> str:
        text = self._writer.text(ANY_TEXT)
        markup = [self._writer.literal(each) for each in self._family.dropped]
        return f"({' | '.join([text, *markup])})*" if markup else text
