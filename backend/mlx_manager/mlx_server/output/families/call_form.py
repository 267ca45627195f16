"""How a family writes one call: what every kind of writing can do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mlx_manager.mlx_server.output.families.writer import GrammarWriter

Function = Mapping[str, Any]
"""A tool's ``{"name", "parameters", "strict"}``, in OpenAI's shape."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was read; ``id`` where the model itself wrote one."""

    name: str
    arguments: Mapping[str, Any]
    id: str | None = None


class CallForm(Protocol):
    """One way of writing calls, between the markers of the family.

    ``head`` matches all of a call up to its arguments where these are a JSON object: such calls
    stream, the others are read when they close. ``sign`` is text that stands once in each call,
    empty where there is none; in such a form ``argument`` is the text before each argument.
    """

    @property
    def head(self) -> re.Pattern[str] | None: ...
    @property
    def sign(self) -> str: ...
    @property
    def argument(self) -> str: ...

    def read(self, body: str, functions: Sequence[Function], *, mend: bool) -> list[Call]:
        """Every call of a whole text. ``mend`` closes what is open where there is one way to.

        Raises ``ValueError`` when anything in it is no call.
        """
        ...

    def behind(self, rest: str) -> str:
        """What of the text behind a call is no part of its form."""
        ...

    def rule(self, function: Function, writer: GrammarWriter) -> str:
        """The right side of a Lark rule: one call of this function.

        Raises ``BadRequest`` for what a strict function cannot be held to.
        """
        ...


def is_strict(function: Function) -> bool:
    """Whether the function's schema must be followed to the letter."""
    return function.get("strict") is True


def parameters_of(function: Function) -> Mapping[str, Any]:
    """The schema of its arguments; a function that has none takes an empty object."""
    return function.get("parameters") or {"type": "object", "properties": {}}
