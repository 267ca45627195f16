"""Structured output: a schema, a regular expression or a grammar as masks over tokens.

Compiled by llguidance in a worker thread and kept; each request gets a copy of its own, which the
MLX thread asks what may follow. https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md
"""

import ctypes
import json
import re
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.request import GrammarKind, GrammarSpec
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.output.families.known import family_of
from mlx_manager.mlx_server.output.families.writer import GrammarWriter
from mlx_manager.mlx_server.output.json_schema import followable

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

_PLACE = re.compile(r"^at \d+\(\d+\): (failed to compile JSON schema: )?")

_SPACED = r'"x-guidance":{"whitespace_pattern":"(\\n[ \\t]{0,32}| {1,2})"}'
"""As people and ``json.dumps`` space JSON; with any white space allowed, a small model may write
nothing else until its length runs out."""

WHITE_SPACE = r"\s*"

KEPT = 64
"""Compiled grammars, the least recently used go first."""

KEPT_VOCABULARIES = 4
"""One a residence, tens of megabytes for a large vocabulary."""

PARAMS = {
    GrammarKind.JSON_OBJECT: "response_format",
    GrammarKind.JSON_SCHEMA: "response_format.json_schema.schema",
    GrammarKind.REGEX: "guided_regex",
    GrammarKind.LARK: "guided_grammar",
    GrammarKind.TOOLS: "tools",
}


class TokenGrammar:
    """``core.ports.Grammar`` over one matcher; once it has failed it allows everything."""

    def __init__(self, matcher: "LLMatcher", vocabulary_size: int) -> None:
        self._matcher = matcher
        self._vocabulary_size = vocabulary_size
        # llguidance wants its own width, which may be more than the model's head has.
        self._mask = (ctypes.c_int32 * -(-vocabulary_size // 32))()

    def fill_mask(self, words: memoryview) -> None:
        """Set a bit for each token that may follow; after the end, for the end token alone."""
        size = ctypes.sizeof(self._mask)
        self._matcher.unsafe_compute_mask_ptr(ctypes.addressof(self._mask), size)
        target = ctypes.c_int32.from_buffer(words)
        ctypes.memmove(ctypes.addressof(target), self._mask, min(size, words.nbytes))

    @property
    def is_finished(self) -> bool:
        """Whether nothing more may follow."""
        return bool(self._matcher.is_stopped())

    def copy(self) -> "TokenGrammar":
        """The same grammar from where this one stands."""
        return TokenGrammar(self._matcher.deep_copy(), self._vocabulary_size)

    def consume(self, token: int) -> bool:
        """Advance by a sampled token; False when the grammar has no place for it."""
        return bool(self._matcher.is_stopped() or self._matcher.consume_token(token))


@dataclass(frozen=True, slots=True)
class _Key:
    generation: int
    spec: GrammarSpec
    opens_reasoning: bool
    may_reason: bool


class GrammarCompiler:
    """Keeps each model's vocabulary and the grammars compiled lately. Safe on any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._vocabularies: OrderedDict[int, LLTokenizer] = OrderedDict()
        self._compiled: OrderedDict[_Key, LLMatcher] = OrderedDict()

    def compile(
        self,
        handle: ModelHandle,
        spec: GrammarSpec,
        *,
        opens_reasoning: bool,
        may_reason: bool = False,
    ) -> TokenGrammar:
        """The grammar for one request. Raises ``BadRequest`` saying what cannot be enforced.

        ``opens_reasoning``: the answer begins inside a reasoning block, which stays free.
        ``may_reason``: it may begin one. Unasked it may not: a model whose favourite words are
        ruled out would rather think than answer.
        """
        key = _Key(handle.generation, spec, opens_reasoning, may_reason)
        with self._lock:
            matcher = self._compiled.get(key)
            if matcher is not None:
                self._compiled.move_to_end(key)
        vocabulary = self._vocabulary(handle)
        if matcher is None:
            matcher = _compile(vocabulary, _lark(handle, spec, opens_reasoning, may_reason))
            _check(matcher, spec)
            with self._lock:
                self._compiled[key] = matcher
                while len(self._compiled) > KEPT:
                    self._compiled.popitem(last=False)
        return TokenGrammar(matcher.deep_copy(), vocabulary.vocab_size)

    def _vocabulary(self, handle: ModelHandle) -> "LLTokenizer":
        with self._lock:
            known = self._vocabularies.get(handle.generation)
            if known is not None:
                self._vocabularies.move_to_end(handle.generation)
                return known
        known = _vocabulary_of(handle)
        with self._lock:
            self._vocabularies[handle.generation] = known
            while len(self._vocabularies) > KEPT_VOCABULARIES:
                self._forget(self._vocabularies.popitem(last=False)[0])
        return known

    def _forget(self, generation: int) -> None:
        """Its grammars go too: each holds on to the vocabulary that it was compiled for."""
        for key in [key for key in self._compiled if key.generation == generation]:
            del self._compiled[key]


def _vocabulary_of(handle: ModelHandle) -> "LLTokenizer":
    try:
        return handle.tokenizer.grammar_vocabulary(handle.vocabulary_size)
    except ValueError as error:
        raise BadRequest(
            f"{handle.id!r} cannot be held to a format: its tokenizer has no fast form that "
            "llguidance reads. Leave the format out, or choose another model."
        ) from error


def _compile(vocabulary: "LLTokenizer", text: str) -> "LLMatcher":
    from llguidance import LLMatcher  # noqa: PLC0415  (a library that a start does without)

    return LLMatcher(vocabulary, LLMatcher.grammar_from_lark(text))


def _lark(handle: ModelHandle, spec: GrammarSpec, opens_reasoning: bool, may_reason: bool) -> str:
    """The whole grammar: reasoning where there may be some, and then what is wanted."""
    writer, family = GrammarWriter(handle.tokenizer), family_of(handle.tokenizer)
    body = writer.rule(lark_body(spec))
    if family is not None and family.frame is not None:
        frame = family.frame
        thought = f"{writer.free_text(frame.think_close)}"
        if not opens_reasoning:  # such models reason before every answer
            thought = f"({writer.literal(frame.think_open)} {thought})?"
        # A grammar of calls has headers of its own.
        said = "" if spec.kind is GrammarKind.TOOLS else f"{writer.literal(frame.said_open)} "
        return writer.grammar(f"{thought} {said}{body}")
    start, end = handle.tokenizer.think_start, handle.tokenizer.think_end
    if start is None or end is None or not (opens_reasoning or may_reason):
        return writer.grammar(body)
    thought = f"{writer.free_text(end)} {writer.text(WHITE_SPACE)}"
    if not opens_reasoning:
        thought = f"({writer.literal(start)} {thought})?"
    return writer.grammar(f"{thought} {body}")


def lark_body(spec: GrammarSpec) -> str:
    """The spec as the right side of a Lark rule. Raises ``BadRequest`` for broken GBNF."""
    match spec.kind:
        case GrammarKind.JSON_OBJECT:
            return f'%json {{{_SPACED},"type": "object"}}'
        case GrammarKind.JSON_SCHEMA:
            members = _schema_members(spec.text)
            return f"%json {{{_SPACED}{'' if members == '}' else ','}{members}"
        case GrammarKind.REGEX:
            return f"/{_escaped(spec.text)}/"
        case GrammarKind.LARK:
            return f"%lark {{\n{_from_gbnf(spec.text)}\n}}"
        case GrammarKind.TOOLS:
            return f"%lark {{\n{spec.text}\n}}"


def _schema_members(text: str) -> str:
    """A schema without its opening brace. Raises ``BadRequest`` for one nested without measure,
    which only a schema that is sent as a string can be."""
    try:
        return schema_text(followable(json.loads(text)))[1:]
    except RecursionError:
        raise BadRequest(
            "This JSON schema cannot be enforced: it is nested too deeply. Name its parts in "
            "'$defs' and refer to them.",
            param=PARAMS[GrammarKind.JSON_SCHEMA],
        ) from None


def _from_gbnf(text: str) -> str:
    """A grammar in llama.cpp's notation as Lark; one in Lark as it is."""
    from llguidance.gbnf_to_lark import any_to_lark  # noqa: PLC0415  (as in ``_compile``)

    try:
        return str(any_to_lark(text))
    except Exception as error:  # the converter raises bare exceptions
        raise BadRequest(
            f"This grammar is neither Lark (a rule named start) nor GBNF: {str(error)[:300]}",
            param=PARAMS[GrammarKind.LARK],
        ) from error


def _escaped(regex: str) -> str:
    """A regular expression between slashes."""
    return regex.replace("\\/", "/").replace("/", "\\/").replace("\n", "\\n")


def _check(matcher: "LLMatcher", spec: GrammarSpec) -> None:
    problem = matcher.get_error() if matcher.is_error() else ""
    if problem:
        raise BadRequest(
            f"This {spec.kind.value} cannot be enforced: {_reason(problem)[:500]}. Leave out what "
            "is named, or ask for it in the prompt.",
            param=PARAMS[spec.kind],
        )


def _reason(problem: str) -> str:
    """llguidance's first line without its place in our text; of a regular expression, the last
    word on it."""
    lines = problem.strip().splitlines()
    first = _PLACE.sub("", lines[0])
    if "regex parse error" in first:
        said = next((line for line in lines if line.startswith("error: ")), "error: not valid")
        return f"'pattern' is no regular expression it can follow: {said.removeprefix('error: ')}"
    if " in regex /" in first:
        return f"'pattern' is no regular expression it can follow: {first}"
    if first.startswith("oneOf constraints"):
        return (
            "'oneOf' needs alternatives that no value can be two of, told apart by their types, "
            "their constants or a required property's; 'anyOf' needs nothing"
        )
    return first.replace("Unimplemented keys: ", "it does not know the keywords ").rstrip(".")


compiler = GrammarCompiler()
"""The process's: a memory of what was compiled, nothing more."""


def schema_text(schema: Any) -> str:
    """A JSON Schema as compact text, the same for equal schemas."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
