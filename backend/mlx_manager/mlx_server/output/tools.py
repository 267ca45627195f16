"""Tool calls, held back between their markers and parsed in the model's own format."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import ToolCallDelta
from mlx_manager.mlx_server.core.model import Tokenizer


class MalformedCall(Exception):
    """The text between the markers is no call; it is returned to the reader as text."""


class ToolCalls:
    """Collects the text of one call after another and counts the calls made."""

    def __init__(self, tokenizer: Tokenizer, tools: Sequence[Mapping[str, Any]]) -> None:
        self._parse = tokenizer.tool_parser
        self._tools = [dict(tool) for tool in tools]
        self._written: list[str] = []
        self.is_open = False
        self.made = 0

    def open(self, marker: str) -> None:
        """A start marker."""
        self.is_open = True
        self._written = [marker]

    def feed(self, text: str) -> None:
        """More of the call's body."""
        self._written.append(text)

    def close(self, marker: str = "") -> list[ToolCallDelta]:
        """The end of one call's text (which some families use for several calls).

        Raises ``MalformedCall`` with everything the model wrote, markers included.
        """
        self.is_open = False
        body = "".join(self._written[1:])
        self._written.append(marker)
        try:
            calls = self._parsed(body)
        except Exception as error:  # a parser may raise anything on what a model wrote
            raise MalformedCall("".join(self._written)) from error
        return [delta for call in calls for delta in self._deltas(*call)]

    def _parsed(self, body: str) -> list[tuple[str, str, str]]:
        if self._parse is None:
            raise ValueError("this model has no tool parser")
        parsed = self._parse(body, self._tools)
        calls = parsed if isinstance(parsed, list) else [parsed]
        if not calls:
            raise ValueError("no call between the markers")
        return [(_call_id(call), _name(call), _arguments(call)) for call in calls]

    def _deltas(self, call_id: str, name: str, arguments: str) -> list[ToolCallDelta]:
        index = self.made
        self.made += 1
        return [
            ToolCallDelta(index=index, id=call_id, name=name),
            ToolCallDelta(index=index, arguments=arguments),
        ]


def _call_id(call: Mapping[str, Any]) -> str:
    """The model's own id where its family writes one (its template wants it back)."""
    own = call.get("id")
    return own if isinstance(own, str) and own else f"call_{secrets.token_hex(12)}"


def _name(call: Mapping[str, Any]) -> str:
    name = call["name"]
    if not isinstance(name, str) or not name:
        raise ValueError("a call needs a name")
    return name


def _arguments(call: Mapping[str, Any]) -> str:
    """The arguments as the text of one JSON object; Llama calls them ``parameters``."""
    arguments = call.get("arguments", call.get("parameters"))
    if isinstance(arguments, str):
        arguments = json.loads(arguments)
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict):
        raise ValueError("arguments are an object")
    return json.dumps(arguments, ensure_ascii=False, allow_nan=False)
