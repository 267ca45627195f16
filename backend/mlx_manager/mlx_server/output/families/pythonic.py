"""Calls as Python writes them, ``name(key=value)``: they are read when they close."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from mlx_manager.mlx_server.output.families.call_form import (
    Call,
    Function,
    is_strict,
    parameters_of,
)
from mlx_manager.mlx_server.output.families.schema import Schema, SchemaReader
from mlx_manager.mlx_server.output.families.sequence import separated
from mlx_manager.mlx_server.output.families.values import PYTHON_WORDS
from mlx_manager.mlx_server.output.families.writer import GrammarWriter

_HEAD = re.compile(r"\s*([^\s()\[\],=]+)\s*\(")
_KEY = re.compile(r"\s*([^\s()\[\],=]+)\s*=\s*")
_COMMA = re.compile(r"\s*,")
_CLOSE = re.compile(r"\s*\)")
_BARE = re.compile(r"[A-Za-z]+")
_DECODER = json.JSONDecoder(strict=False)


class PythonicForm:
    """``CallForm`` of a list of calls whose values are JSON, or Python's own words.

    Python's other literals are left to mlx-lm's parser.
    """

    head: re.Pattern[str] | None = None
    sign = ""
    argument = ""

    def read(self, body: str, functions: Sequence[Function], *, mend: bool) -> list[Call]:
        """See ``CallForm``. What ``mend`` closes are brackets that are missing at the end."""
        del functions
        text = body.strip()
        if not text.startswith("["):
            raise ValueError("not a list of calls")
        calls, at = [], 1
        while (head := _HEAD.match(text, at)) is not None:
            arguments, at = _arguments(text, head.end(), mend=mend)
            calls.append(Call(head[1], arguments))
            comma = _COMMA.match(text, at)
            at = at if comma is None else comma.end()
        if not calls or text[at:].strip() not in ("]", "" if mend else "]"):
            raise ValueError("not a list of calls")
        return calls

    def behind(self, rest: str) -> str:
        """See ``CallForm``."""
        return rest

    def rule(self, function: Function, writer: GrammarWriter) -> str:
        """See ``CallForm``. Arguments come in the schema's order."""
        name, parameters, strict = (
            str(function["name"]),
            parameters_of(function),
            is_strict(function),
        )
        reader = SchemaReader(parameters)
        fields = [
            (f"{writer.literal(f'{key}=')} {_value_rule(schema, reader, writer, strict)}", needed)
            for key, schema, needed in reader.fields(parameters, strict=strict, function=name)
        ]
        if not fields and reader.is_open(parameters) and not strict:
            value = _value_rule({}, reader, writer, strict)
            field = writer.rule(f'/[A-Za-z_][A-Za-z0-9_]{{0,63}}/ "=" {value}')
            arguments = f'({field} (", " {field})*)?'
        else:
            arguments = separated(writer, fields, ", ")
        return f'{writer.literal(f"{name}(")} {arguments} ")"'


def _arguments(text: str, at: int, *, mend: bool) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while (close := _CLOSE.match(text, at)) is None:
        key = _KEY.match(text, at)
        if key is None:
            if mend and not text[at:].strip():
                return found, len(text)
            raise ValueError("not an argument")
        found[key[1]], at = _value(text, key.end())
        comma = _COMMA.match(text, at)
        at = at if comma is None else comma.end()
    return found, close.end()


def _value(text: str, at: int) -> tuple[Any, int]:
    word = _BARE.match(text, at)
    if word is not None and word[0] in PYTHON_WORDS:
        return PYTHON_WORDS[word[0]], word.end()
    if word is not None and word[0] not in ("true", "false", "null"):
        raise ValueError("a word without quotes")
    return _DECODER.raw_decode(text, at)


def _value_rule(schema: Any, reader: SchemaReader, writer: GrammarWriter, strict: bool) -> str:
    written = (_written(each, reader, writer, strict) for each in reader.variants(schema))
    return f"({' | '.join(dict.fromkeys(part for parts in written for part in parts))})"


def _written(
    schema: Schema, reader: SchemaReader, writer: GrammarWriter, strict: bool
) -> Iterator[str]:
    if schema.get("type") == "boolean" and not schema.keys() & {"enum", "const"}:
        yield from ('"True"', '"False"')
    elif schema.get("type") == "null":
        yield '"None"'
    else:
        yield writer.json(reader.within(schema), strict=strict)
