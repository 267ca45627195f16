"""A call in the JSON format, followed while the model writes it."""

import json
import re
from collections.abc import Collection

from mlx_manager.mlx_server.output.json_text import JsonMender

JSON_FAMILY = "json_tools"
"""mlx-lm's name for ``{"name": ..., "arguments": {...}}`` between markers (Qwen, Hermes)."""

_HEAD = re.compile(
    r'\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)'
)
_HEAD_CHARS = 1024
_BEHIND = re.compile(r"[\s\]}]*")
"""The end of the call itself, and brackets too many."""


class JsonCall:
    """Streams the arguments of a call as soon as it is certain that this is one: the name comes
    first, is one of ``names``, and an object follows it.

    ``name`` is None until then. A call that is written in any other order is left to be parsed as
    a whole.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._head = ""
        self._mender = JsonMender()
        self._arguments: list[str] = []
        self.name: str | None = None

    def feed(self, text: str) -> str:
        """More of the arguments."""
        if self.name is None:
            text = self._pass_head(text)
        more = self._mender.feed(text) if text else ""
        self._arguments.append(more)
        return more

    @property
    def ended(self) -> bool:
        """Whether the arguments are complete."""
        return self._mender.ended

    def finish(self) -> str:
        """The brackets that make the arguments an object, if that is all they lack."""
        closers = self._mender.closers()
        try:
            json.loads("".join(self._arguments) + closers)
        except ValueError:
            return ""
        return closers

    @property
    def rest(self) -> str:
        """What the model wrote behind the call, between the same markers."""
        after = self._mender.rest
        try:
            json.loads('{"arguments": 0' + after)  # further fields of the call itself
        except ValueError:
            return after[_BEHIND.match(after).end() :]  # type: ignore[union-attr]
        return ""

    def _pass_head(self, text: str) -> str:
        if len(self._head) > _HEAD_CHARS:
            return ""
        self._head += text
        head = _HEAD.match(self._head, 0, _HEAD_CHARS)
        if head is None:
            return ""
        try:
            name = json.loads(head[1])
        except ValueError:
            return ""
        if name not in self._names:
            return ""
        self.name = str(name)
        return self._head[head.end() :]
