"""Calls in braces, as a grammar: a JSON Schema, rule by rule, in a notation that is not JSON."""

import json
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.output.families.call_form import (
    Function,
    is_strict,
    parameters_of,
)
from mlx_manager.mlx_server.output.families.schema import (
    TYPES,
    Field,
    Schema,
    SchemaReader,
    check_known,
    values_of,
)
from mlx_manager.mlx_server.output.families.sequence import repeated, separated
from mlx_manager.mlx_server.output.families.strings import patterns_of
from mlx_manager.mlx_server.output.families.writer import GrammarWriter

_KEY = r"/[A-Za-z_][A-Za-z0-9_]{0,63}/"


class BracedGrammar:
    """Writes the rules of one function's calls. Fields come in alphabetical order, as the families'
    templates write them."""

    def __init__(self, quote: str, function: Function, writer: GrammarWriter) -> None:
        self._quote = quote
        self._writer = writer
        self._name = str(function["name"])
        self._strict = is_strict(function)
        self._parameters = parameters_of(function)
        self._reader = SchemaReader(self._parameters)
        self._referred: dict[str, str] = {}
        self._anything = ""

    def call(self) -> str:
        """The right side of a call's rule. Raises ``BadRequest`` as ``CallForm.rule`` says."""
        arguments = self._object(self._reader.resolved(self._parameters))
        return f"{self._writer.literal(f'call:{self._name}')} {arguments}"

    def _value(self, schema: Any) -> str:
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str):
            return self._one_of(schema)
        if reference not in self._referred:
            # Named before it is written: a schema may refer to itself.
            name = self._referred[reference] = self._writer.fresh_name()
            self._writer.define(name, self._one_of(schema))
        return self._referred[reference]

    def _one_of(self, schema: Any) -> str:
        written = dict.fromkeys(map(self._variant, self._reader.variants(schema)))
        return next(iter(written)) if len(written) == 1 else f"({' | '.join(written)})"

    def _variant(self, schema: Schema) -> str:
        listed, type_name = values_of(schema), schema.get("type")
        if listed is not None:
            return f"({' | '.join(self._writer.literal(self._written(each)) for each in listed)})"
        if self._strict and type_name in ("string", "array", None):
            check_known(schema, str(type_name), function=self._name)
        if type_name == "string":
            return self._string(schema)
        if type_name == "array":
            return self._array(schema)
        if type_name == "object":
            return self._object(schema)
        if type_name in TYPES:
            return self._writer.json(schema, strict=self._strict)
        return self._any()

    def _string(self, schema: Schema) -> str:
        patterns = patterns_of(schema, strict=self._strict, function=self._name)
        text = self._writer.free_text(self._quote, matching=patterns)
        return f"{self._writer.literal(self._quote)} {text}"

    def _array(self, schema: Schema) -> str:
        item = self._writer.rule(self._value(schema.get("items", {})))
        items = repeated(item, ",", schema.get("minItems") or 0, schema.get("maxItems"))
        return f'"[" {items} "]"'

    def _object(self, schema: Schema) -> str:
        fields = self._reader.fields(schema, strict=self._strict, function=self._name)
        if not fields and self._reader.is_open(schema) and not self._strict:
            field = self._writer.rule(f'{_KEY} ":" {self._any()}')
            return f'"{{" ({field} ("," {field})*)? "}}"'
        ordered = sorted(fields, key=lambda field: field.key)
        written = [(self._field(each), each.required) for each in ordered]
        return f'"{{" {separated(self._writer, written, ",")} "}}"'

    def _field(self, field: Field) -> str:
        return f"{self._writer.literal(f'{field.key}:')} {self._value(field.schema)}"

    def _any(self) -> str:
        if not self._anything:
            name = self._anything = self._writer.fresh_name()
            scalar = self._writer.json({"type": ["number", "boolean", "null"]}, strict=False)
            text = self._string({})
            self._writer.define(
                name,
                f'{scalar} | {text} | "[" ({name} ("," {name})*)? "]" '
                f'| "{{" ({_KEY} ":" {name} ("," {_KEY} ":" {name})*)? "}}"',
            )
        return self._anything

    def _written(self, value: Any) -> str:
        if isinstance(value, str):
            return f"{self._quote}{value}{self._quote}"
        if isinstance(value, list):
            return f"[{','.join(map(self._written, value))}]"
        if isinstance(value, dict):
            fields = (f"{key}:{self._written(each)}" for key, each in sorted(value.items()))
            return f"{{{','.join(fields)}}}"
        return json.dumps(value)
