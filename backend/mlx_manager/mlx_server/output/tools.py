"""Tool calls, read between their markers in the model's own format."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import ToolCallDelta
from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.json_call import JSON_FAMILY, JsonCall
from mlx_manager.mlx_server.output.json_text import mended


class MalformedCall(Exception):
    """The text between the markers is no call; it is returned to the reader as text."""


class ToolCalls:
    """Reads the text of one call after another and counts the calls made.

    Calls in the JSON format stream: the name, then the arguments as they come. Such a call cannot
    be taken back; arguments that turn out not to be JSON are the client's to judge, as with
    OpenAI. Other formats, and calls that are not certain to be one, are held back to their end.
    With ``one_only`` a second call is dropped.
    """

    def __init__(
        self, tokenizer: Tokenizer, tools: Sequence[Mapping[str, Any]], *, one_only: bool = False
    ) -> None:
        self._parse = tokenizer.tool_parser
        self._is_json = tokenizer.tool_family == JSON_FAMILY
        self._tools = [dict(tool) for tool in tools]
        self._names = {str(tool["function"]["name"]) for tool in tools}
        self._one_only = one_only
        self._written: list[str] = []
        self._call: JsonCall | None = None
        self.is_open = False
        self.made = 0

    def open(self, marker: str) -> None:
        """A start marker."""
        self.is_open = True
        self._written = [marker]
        self._call = JsonCall(self._names) if self._is_json else None

    def feed(self, text: str) -> list[ToolCallDelta]:
        """More of the call's body, and what it makes certain."""
        call = self._call
        if call is None:
            self._written.append(text)
            return []
        begun = call.name is not None
        more = call.feed(text)
        if call.name is None:
            self._written.append(text)
            return []
        if not begun:
            self.made += 1
            head = ToolCallDelta(index=self.made - 1, id=_fresh_id(), name=call.name)
            return [head, ToolCallDelta(index=self.made - 1, arguments=more)]
        return [ToolCallDelta(index=self.made - 1, arguments=more)] if more else []

    def close(self, marker: str = "", *, cut_short: bool = False) -> list[ToolCallDelta]:
        """The end of one call's text (which some families use for several calls).

        Raises ``MalformedCall`` with everything the model wrote and the reader has not got, markers
        included. What the length ``cut_short`` is not mended.
        """
        self.is_open = False
        call = self._call
        if call is not None and call.name is not None:
            return self._close_streamed(call, cut_short)
        body = "".join(self._written[1:])
        try:
            calls = self._parsed(body, mend=not cut_short)
        except Exception as error:  # a parser may raise anything on what a model wrote
            raise MalformedCall("".join([*self._written, marker])) from error
        return self._deltas(calls)

    def _close_streamed(self, call: JsonCall, cut_short: bool) -> list[ToolCallDelta]:
        if not call.ended:
            if cut_short:
                raise MalformedCall("")
            closers = call.finish()
            return [ToolCallDelta(index=self.made - 1, arguments=closers)] if closers else []
        rest = call.rest
        if not rest:
            return []
        try:
            return self._deltas(self._parsed(rest, mend=False))
        except Exception as error:
            raise MalformedCall(rest) from error

    def _parsed(self, body: str, *, mend: bool) -> list[tuple[str, str, str]]:
        if self._parse is None:
            raise ValueError("this model has no tool parser")
        try:
            return _read(self._parse(body, self._tools))
        except Exception:
            if not (mend and self._is_json):
                raise
        return _read(self._parse(mended(body), self._tools), complete=True)

    def _deltas(self, calls: list[tuple[str, str, str]]) -> list[ToolCallDelta]:
        deltas: list[ToolCallDelta] = []
        for call_id, name, arguments in calls:
            if self._one_only and self.made:
                break
            deltas.append(ToolCallDelta(index=self.made, id=call_id, name=name))
            deltas.append(ToolCallDelta(index=self.made, arguments=arguments))
            self.made += 1
        return deltas


def _read(parsed: Any, *, complete: bool = False) -> list[tuple[str, str, str]]:
    """Id, name and arguments of each call; ``complete`` ones say their arguments."""
    calls = parsed if isinstance(parsed, list) else [parsed]
    if not calls:
        raise ValueError("no call between the markers")
    if complete and not all("arguments" in call or "parameters" in call for call in calls):
        raise ValueError("a call cut off before its arguments")
    return [(_call_id(call), _name(call), _arguments(call)) for call in calls]


def _fresh_id() -> str:
    return f"call_{secrets.token_hex(12)}"


def _call_id(call: Mapping[str, Any]) -> str:
    """The model's own id where its family writes one (its template wants it back)."""
    own = call.get("id")
    return own if isinstance(own, str) and own else _fresh_id()


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
