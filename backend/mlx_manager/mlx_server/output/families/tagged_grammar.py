"""Calls in tags, as a grammar."""

import json
import re
from collections.abc import Iterator
from typing import Any

from mlx_manager.mlx_server.output.families.call_form import (
    Function,
    is_strict,
    parameters_of,
)
from mlx_manager.mlx_server.output.families.schema import (
    TYPES,
    Schema,
    SchemaReader,
    check_known,
    type_of,
    values_of,
)
from mlx_manager.mlx_server.output.families.strings import patterns_of
from mlx_manager.mlx_server.output.families.tags import Tags
from mlx_manager.mlx_server.output.families.writer import GrammarWriter

_HOLE = re.compile(r"(\{[a-z]+\})")
_FREE = {
    "{gap}": '("\\n")?',
    "{index}": "/[0-9]{1,3}/",
    "{key}": r"/[A-Za-z_][A-Za-z0-9_\-]{0,63}/",
}
"""What the model chooses: a key where no schema names one."""

_WITHOUT_MARKUP = r"[^<&\n]*"


def call_rule(tags: Tags, function: Function, writer: GrammarWriter) -> str:
    """One call of this function; arguments come in the order of its schema.

    Raises ``BadRequest`` for what a strict function cannot be held to.
    """
    name, strict, parameters = str(function["name"]), is_strict(function), parameters_of(function)
    reader = SchemaReader(parameters)
    arguments = _Arguments(tags, writer, reader, name, strict=strict)
    parts = [_template(writer, tags.call, name=tags.escape(name))]
    for key, schema, required in reader.fields(parameters, strict=strict, function=name):
        value = arguments.rule(key, schema)
        parts.append(value if required else f"({value})?")
    if reader.is_open(parameters) and not strict:
        parts.append(f"({arguments.rule(None, {})})*")
    return " ".join([*parts, *([_template(writer, tags.end)] if tags.end else [])])


class _Arguments:
    """The arguments of one function, as rules."""

    def __init__(
        self,
        tags: Tags,
        writer: GrammarWriter,
        reader: SchemaReader,
        function: str,
        *,
        strict: bool,
    ) -> None:
        self._tags = tags
        self._writer = writer
        self._reader = reader
        self._function = function
        self._strict = strict
        tag, end, rest = tags.close.partition(">")
        self._close = tag + end
        self._rest = _template(writer, rest) if rest else ""

    def rule(self, key: str | None, schema: Any) -> str:
        """One argument between its tags; with any key where ``key`` is None."""
        written = [
            f"{self._open(key, type_name)} {value} {self._rest}"
            for variant in self._reader.variants(schema)
            for type_name, value in self._values(variant)
        ]
        return self._writer.rule(" | ".join(dict.fromkeys(written)))

    def _open(self, key: str | None, type_name: str) -> str:
        holes = {"type": type_name} | ({} if key is None else {"key": self._tags.escape(key)})
        return _template(self._writer, self._tags.open, **holes)

    def _values(self, schema: Schema) -> Iterator[tuple[str, str]]:
        """Each way to write a value of one variant: its type's name, and the rule."""
        listed, type_name = values_of(schema), schema.get("type")
        wrap = self._tags.wrap
        if listed is not None:
            for value in listed:
                text = wrap + self._written(value) + wrap + self._close
                yield _named(type_of(value)), self._writer.literal(text)
        elif type_name in TYPES - {"string"}:
            value = self._writer.json(self._reader.within(schema), strict=self._strict)
            head = f"{self._writer.literal(wrap)} " if wrap else ""
            yield _named(type_name), f"{head}{value} {self._writer.literal(wrap + self._close)}"
        else:
            if self._strict:
                check_known(schema, str(type_name), function=self._function)
            patterns = patterns_of(schema, strict=self._strict, function=self._function)
            yield "string", self._text(patterns)
            if type_name != "string" and "{type}" in self._tags.open:
                # Where no tag says the type, any value is a text like others.
                for each in sorted(TYPES - {"string", "integer"}):
                    yield from self._values({"type": each})

    def _text(self, patterns: list[str]) -> str:
        writer, wrap = self._writer, self._tags.wrap
        if not self._tags.cdata:
            text = writer.free_text(self._close, wrap=wrap, matching=patterns)
            return f"{writer.literal(wrap)} {text}" if wrap else text
        plain = writer.free_text(self._close, matching=[_WITHOUT_MARKUP, *patterns])
        data = writer.free_text("]]>", matching=patterns)
        return f'({plain} | "<![CDATA[" {data} {writer.literal(self._close)})'

    def _written(self, value: Any) -> str:
        if not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if self._tags.cdata and re.fullmatch(_WITHOUT_MARKUP, value) is None:
            return f"<![CDATA[{value}]]>"
        return value


def _named(type_name: str) -> str:
    """JSON Schema's integers are numbers to every format that names types."""
    return "number" if type_name == "integer" else type_name


def _template(writer: GrammarWriter, template: str, **holes: str) -> str:
    """Part of a call, its holes filled."""
    parts: list[str] = []
    text = ""
    for part in _HOLE.split(template):
        filled = holes.get(part[1:-1]) if _HOLE.fullmatch(part) else part
        if filled is not None:
            text += filled
            continue
        parts += [*([writer.literal(text)] if text else []), _FREE[part]]
        text = ""
    return " ".join([*parts, *([writer.literal(text)] if text else [])])
