"""Calls whose arguments are a JSON object: they stream."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.output.families.call_form import (
    Call,
    Function,
    is_strict,
    parameters_of,
)
from mlx_manager.mlx_server.output.families.writer import GrammarWriter
from mlx_manager.mlx_server.output.json_text import JsonMender

HEAD_CHARS = 1024
"""No call's head is longer; the patterns of heads may try every place in a text for their end."""


@dataclass(frozen=True, slots=True)
class JsonForm:
    """``before`` the name, ``between`` it and the arguments, ``after`` them.

    ``head`` has a group ``name``, or ``quoted`` where the name is a JSON string, and ``id`` where
    the family writes one; it allows for the ``tail`` of the call before. ``{index}`` in ``between``
    is the call's number, which the model chooses.
    """

    head: re.Pattern[str]
    before: str
    between: str
    after: str = ""
    tail: re.Pattern[str] = re.compile(r"\s*")
    sign: str = ""
    argument: str = ""

    def read(self, body: str, functions: Sequence[Function], *, mend: bool) -> list[Call]:
        """See ``CallForm``."""
        calls: list[Call] = []
        while (head := self.head.match(body, 0, HEAD_CHARS)) is not None:
            mender = JsonMender()
            written = mender.feed(body[head.end() :])
            if not mender.ended:
                written += mender.closers() if mend else ""
            arguments = json_object(written)
            calls.append(Call(name_in(head), arguments, head.groupdict().get("id")))
            body = mender.rest
        if not calls or self.behind(body):
            raise ValueError("not a call in the family's form")
        return calls

    def behind(self, rest: str) -> str:
        """See ``CallForm``."""
        tail = self.tail.match(rest)
        return rest if tail is None else rest[tail.end() :]

    def rule(self, function: Function, writer: GrammarWriter) -> str:
        """See ``CallForm``."""
        name = str(function["name"])
        if "quoted" in self.head.groupindex:
            name = json.dumps(name, ensure_ascii=False)[1:-1]
        left, index, right = self.between.partition("{index}")
        parts = [writer.literal(self.before + name + left)]
        if index:
            parts += ["/[0-9]{1,3}/", writer.literal(right)]
        schema = {"type": "object", **parameters_of(function)}
        parts.append(writer.json(schema, strict=is_strict(function)))
        return " ".join([*parts, *([writer.literal(self.after)] if self.after else [])])


def name_in(head: re.Match[str]) -> str:
    """The function that a head names. Raises ``ValueError`` for a broken JSON string."""
    groups = head.groupdict()
    return str(json.loads(groups["quoted"])) if "quoted" in groups else str(groups["name"])


def json_object(text: str) -> dict[str, Any]:
    """Raises ``ValueError`` for anything but one JSON object of finite numbers."""
    value = json.loads(text, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("arguments are an object")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
