"""Tool calls, read between their markers in the model's own format."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import ToolCallDelta
from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.call_parsing import CallParser
from mlx_manager.mlx_server.output.families.call_form import Call
from mlx_manager.mlx_server.output.families.family import openai_id
from mlx_manager.mlx_server.output.families.known import family_of
from mlx_manager.mlx_server.output.json_call import JsonCall


class MalformedCall(Exception):
    """The text between the markers is no call; it is returned to the reader as text."""


class ToolCalls:
    """Reads the text of one call after another and counts the calls made.

    Calls whose arguments are JSON stream (``json_tools``, ``kimi_k2``, ``mistral`` and
    ``harmony``): the name, then the arguments as they come. Such a call cannot be taken back;
    arguments that turn out not to be JSON are the client's to judge, as with OpenAI. Calls of other
    families, and those that are not certain to be one, are held back to their end. With
    ``one_only`` a second call is dropped.
    """

    def __init__(
        self, tokenizer: Tokenizer, tools: Sequence[Mapping[str, Any]], *, one_only: bool = False
    ) -> None:
        family = family_of(tokenizer)
        self._form = family.form if family else None
        self._fresh_id = family.fresh_id if family else openai_id
        self._parser = CallParser(self._form, tokenizer.tool_parser, tools)
        self._names = {str(tool["function"]["name"]) for tool in tools}
        self._one_only = one_only
        self._marker = ""
        self._held: list[str] = []
        self._call: JsonCall | None = None
        self._streamed = 0
        self.is_open = False
        self.made = 0

    @property
    def enough(self) -> bool:
        """Whether the one call that there may be is complete."""
        return self._one_only and self.made > 0 and (not self.is_open or self._streamed > 0)

    def open(self, marker: str) -> None:
        """A start marker."""
        self.is_open = True
        self._marker = marker
        self._held = []
        self._call = self._next_call()
        self._streamed = 0

    def feed(self, text: str) -> list[ToolCallDelta]:
        """More of the text between the markers, and what it makes certain."""
        deltas: list[ToolCallDelta] = []
        while text and not self.enough:
            call = self._call
            if call is None:
                self._held.append(text)
                break
            self._stream(call, text, deltas)
            text = ""
            if call.ended:
                # Some families write several calls between two markers.
                text, self._call = call.take_rest(), self._next_call()
                self._streamed += 1
        return deltas

    def close(self, marker: str = "", *, cut_short: bool = False) -> list[ToolCallDelta]:
        """The end of the text between two markers.

        Raises ``MalformedCall`` with everything the model wrote and the reader has not got, markers
        included. What the length ``cut_short`` is not mended.
        """
        done, call = self.enough, self._call
        self.is_open = False
        if done:
            return []
        if call is not None and call.name is not None:
            return self._close_cut(call, cut_short)
        body = "".join(self._held) if call is None else call.written
        if self._streamed:
            return self._close_behind(body)
        if cut_short and call is None:
            # Without its marker, nothing tells whether more arguments would have come.
            raise MalformedCall(f"{self._marker}{body}")
        try:
            return self._deltas(self._parser.read(body, mend=not cut_short))
        except Exception as error:  # a parser may raise anything on what a model wrote
            raise MalformedCall(f"{self._marker}{body}{marker}") from error

    def _next_call(self) -> JsonCall | None:
        head = self._form.head if self._form is not None else None
        return None if head is None else JsonCall(head, self._names)

    def _stream(self, call: JsonCall, text: str, deltas: list[ToolCallDelta]) -> None:
        begun = call.name is not None
        more = call.feed(text)
        if call.name is None:
            return
        if not begun:
            self.made += 1
            call_id = call.id or self._fresh_id()
            deltas.append(ToolCallDelta(index=self.made - 1, id=call_id, name=call.name))
        if more:
            deltas.append(ToolCallDelta(index=self.made - 1, arguments=more))

    def _close_cut(self, call: JsonCall, cut_short: bool) -> list[ToolCallDelta]:
        """A call whose arguments have not ended."""
        if cut_short:
            raise MalformedCall("")
        closers = call.finish()
        return [ToolCallDelta(index=self.made - 1, arguments=closers)] if closers else []

    def _close_behind(self, rest: str) -> list[ToolCallDelta]:
        """What stands behind the last call that was streamed."""
        after = rest if self._form is None else self._form.behind(rest)
        if not after or _are_fields(rest):
            return []
        try:
            return self._deltas(self._parser.read(after, mend=False))
        except Exception as error:
            raise MalformedCall(after) from error

    def _deltas(self, calls: list[Call]) -> list[ToolCallDelta]:
        written = [
            json.dumps(call.arguments, ensure_ascii=False, allow_nan=False) for call in calls
        ]
        deltas: list[ToolCallDelta] = []
        for call, arguments in zip(calls, written, strict=True):
            if self._one_only and self.made:
                break
            call_id = call.id or self._fresh_id()
            deltas.append(ToolCallDelta(index=self.made, id=call_id, name=call.name))
            deltas.append(ToolCallDelta(index=self.made, arguments=arguments))
            self.made += 1
        return deltas


def _are_fields(rest: str) -> bool:
    """Whether these are further fields of a call that is a JSON object."""
    try:
        json.loads('{"arguments": 0' + rest)
    except ValueError:
        return False
    return True
