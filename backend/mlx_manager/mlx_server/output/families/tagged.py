"""Calls as tags around each argument: they are read when they close.

A string stands between its tags as it is, so that one which contains its own closing tag cannot be
told; every other one is recovered to the letter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.output.families.call_form import (
    Call,
    Function,
    parameters_of,
)
from mlx_manager.mlx_server.output.families.schema import SchemaReader
from mlx_manager.mlx_server.output.families.tagged_grammar import call_rule
from mlx_manager.mlx_server.output.families.tags import Tags, pattern
from mlx_manager.mlx_server.output.families.values import bare_value
from mlx_manager.mlx_server.output.families.writer import GrammarWriter

_SPACE = re.compile(r"\s*")
_VALUE = "(?P<value>.*?)"
_DATA = r"(?:<!\[CDATA\[(?P<data>.*?)\]\]>|(?P<value>.*?))"


class TaggedForm:
    """``CallForm`` over the tags of one family."""

    head: re.Pattern[str] | None = None

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        before_name = tags.call.partition("{name}")[0]
        self.sign = before_name if before_name.startswith("<") else ""
        self._is_marked = bool(before_name)
        self.argument = "" if self._is_marked else tags.open.partition("{key}")[0]
        self._closer = tags.close.partition("{gap}")[0].strip()
        opening, closing = pattern(tags.open), pattern(tags.close)
        end = f"{pattern(tags.end)}|\\Z" if tags.end else r"\Z"
        self._call = re.compile(pattern(tags.call), re.DOTALL)
        self._argument = re.compile(
            opening + (_DATA if tags.cdata else _VALUE) + closing, re.DOTALL
        )
        self._unclosed = re.compile(f"{opening}{_VALUE}(?={end})", re.DOTALL)
        self._end = re.compile(pattern(tags.end))

    def read(self, body: str, functions: Sequence[Function], *, mend: bool) -> list[Call]:
        """See ``CallForm``. What ``mend`` closes are tags that are missing at the end."""
        schemas = {str(each["name"]): parameters_of(each) for each in functions}
        calls: list[Call] = []
        at = _behind_space(body, 0)
        while at < len(body):
            call, end = self._call_at(body, at, schemas, mend=mend)
            if end == at or not (self._is_marked or call.arguments or call.name in schemas):
                raise ValueError("words between the markers are no call")
            calls.append(call)
            at = _behind_space(body, end)
        if not calls:
            raise ValueError("no call between the markers")
        return calls

    def _call_at(
        self, body: str, at: int, schemas: Mapping[str, Mapping[str, Any]], *, mend: bool
    ) -> tuple[Call, int]:
        head = self._call.match(body, at)
        if head is None:
            raise ValueError("not a call in the family's form")
        name = self._tags.unescape(head["name"])
        reader = SchemaReader(schemas.get(name, {}))
        arguments: dict[str, Any] = {}
        at = head.end()
        for argument in self._arguments(body, at, mend=mend):
            key = self._tags.unescape(argument["key"])
            arguments[key] = self._value(argument, key, reader)
            at = argument.end()
        end = self._end.match(body, at)
        if end is None and not (mend and at >= len(body)):
            raise ValueError("a call without its end")
        return Call(name, arguments), at if end is None else end.end()

    def _arguments(self, body: str, at: int, *, mend: bool) -> Iterator[re.Match[str]]:
        # Where no closing tag follows, none is looked for again before each of the arguments.
        last_close = body.rfind(self._closer)
        while True:
            argument = self._argument.match(body, at) if at <= last_close else None
            if argument is None and mend:
                argument = self._unclosed.match(body, at)
            if argument is None:
                return
            yield argument
            at = argument.end()

    def _value(self, argument: re.Match[str], key: str, reader: SchemaReader) -> Any:
        groups = argument.groupdict()
        data = groups.get("data")
        text = self._tags.unwrap(groups["value"]) if data is None else data
        if groups.get("type") == "string":
            return text
        return bare_value(text, reader.property(key), reader)

    def behind(self, rest: str) -> str:
        """See ``CallForm``."""
        return rest

    def rule(self, function: Function, writer: GrammarWriter) -> str:
        """See ``CallForm``."""
        return call_rule(self._tags, function, writer)


def _behind_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return at if space is None else space.end()
