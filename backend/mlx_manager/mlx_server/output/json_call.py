"""A call whose arguments are JSON, followed while the model writes it."""

import json
import re
from collections.abc import Collection

from mlx_manager.mlx_server.output.families.json_form import HEAD_CHARS, name_in
from mlx_manager.mlx_server.output.json_text import JsonMender


class JsonCall:
    """Streams the arguments of a call as soon as it is certain that this is one: its ``head``, up
    to the arguments, has one of ``names``, and an object follows.

    ``name`` is None until then. A call that is written in any other order is left to be parsed as
    a whole.
    """

    def __init__(self, head: re.Pattern[str], names: Collection[str]) -> None:
        self._head = head
        self._names = names
        self._mender = JsonMender()
        self._arguments: list[str] = []
        self.written = ""
        """Everything before the arguments; of what is no call yet, everything."""
        self.name: str | None = None
        self.id: str | None = None

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

    def take_rest(self) -> str:
        """What the model wrote behind the arguments."""
        rest, self._mender.rest = self._mender.rest, ""
        return rest

    def _pass_head(self, text: str) -> str:
        tried = len(self.written) <= HEAD_CHARS
        self.written += text
        head = self._head.match(self.written, 0, HEAD_CHARS) if tried else None
        if head is None:
            return ""
        try:
            name = name_in(head)
        except ValueError:
            return ""
        if name not in self._names:
            return ""
        self.name, self.id = name, head.groupdict().get("id")
        rest, self.written = self.written[head.end() :], self.written[: head.end()]
        return rest
