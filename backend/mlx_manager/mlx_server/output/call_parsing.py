"""The calls of a whole text: by the family's own form, else by mlx-lm's parser."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.output.families.call_form import Call, CallForm, Function
from mlx_manager.mlx_server.output.json_text import mended

MAX_FOREIGN_CHARS = 8192
"""mlx-lm's parsers look for the end of each opening anew: on a text that repeats itself their time
grows with the square of its length, of GLM's tags with the cube. Our own forms read any length."""


class CallParser:
    """Reads the text between two markers.

    mlx-lm's parsers know more spellings than the family's own, but lose white space, quotes and
    broken calls: what they say of a form that is not JSON counts only if nothing can be missing.
    """

    def __init__(
        self,
        form: CallForm | None,
        parse: Callable[..., Any] | None,
        tools: Sequence[Mapping[str, Any]],
    ) -> None:
        self._form = form
        self._parse = parse
        self._tools = [dict(tool) for tool in tools]
        self._functions: list[Function] = [tool["function"] for tool in tools]

    def read(self, body: str, *, mend: bool) -> list[Call]:
        """Every call. ``mend`` what has one way to be mended.

        Raises any exception at all for a text that is not wholly calls.
        """
        if self._form is not None:
            for mending in (False, True)[: 1 + mend]:
                try:
                    return self._form.read(body, self._functions, mend=mending)
                except ValueError:
                    continue
        return self._foreign(body, mend=mend)

    def _foreign(self, body: str, *, mend: bool) -> list[Call]:
        if self._parse is None or not self._may_be_foreign(body):
            raise ValueError("not a call in the family's form")
        if self._form is not None and self._form.head is None:
            return self._certain(_calls(self._parse(body, self._tools)), body, self._form.sign)
        try:
            return _calls(self._parse(body, self._tools))
        except Exception:
            if not mend:
                raise
        return _calls(self._parse(mended(body), self._tools), complete=True)

    def _may_be_foreign(self, body: str) -> bool:
        """Whether mlx-lm's parser may find another spelling here, within reasonable time."""
        form = self._form
        if form is None:
            return True
        if form.argument:
            # With its tags our own form has read it as far as it can be read.
            return form.argument not in body
        return len(body) <= MAX_FOREIGN_CHARS or (form.head is not None and _is_json(body))

    def _certain(self, calls: list[Call], body: str, sign: str) -> list[Call]:
        names = {each["name"] for each in self._functions}
        if not all(call.name in names for call in calls):
            raise ValueError("not a call of any of these tools")
        if sign and body.count(sign) not in (0, len(calls)):
            raise ValueError("one of the calls is broken")
        return calls


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _calls(parsed: Any, *, complete: bool = False) -> list[Call]:
    """mlx-lm's dicts as calls; ``complete`` ones say their arguments."""
    calls = parsed if isinstance(parsed, list) else [parsed]
    if not calls:
        raise ValueError("no call between the markers")
    if complete and not all("arguments" in call or "parameters" in call for call in calls):
        raise ValueError("a call cut off before its arguments")
    return [Call(_name(call), _arguments(call), _id(call)) for call in calls]


def _id(call: Mapping[str, Any]) -> str | None:
    """The model's own id where its family writes one (its template wants it back)."""
    own = call.get("id")
    return own if isinstance(own, str) and own else None


def _name(call: Mapping[str, Any]) -> str:
    name = call["name"]
    if not isinstance(name, str) or not name:
        raise ValueError("a call needs a name")
    return name


def _arguments(call: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as an object; Llama calls them ``parameters``."""
    arguments = call.get("arguments", call.get("parameters"))
    if isinstance(arguments, str):
        arguments = json.loads(arguments)
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict):
        raise ValueError("arguments are an object")
    return arguments
