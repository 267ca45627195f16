"""Calls as ``call:name{key:value}`` with strings between marks of their own (Gemma): they are read
when they close."""

import re
from collections.abc import Sequence
from typing import Any

from mlx_manager.mlx_server.output.families.braced_grammar import BracedGrammar
from mlx_manager.mlx_server.output.families.call_form import Call, Function
from mlx_manager.mlx_server.output.families.values import parsed
from mlx_manager.mlx_server.output.families.writer import GrammarWriter

_HEAD = re.compile(r"\s*call:\s*([^\s{}]+)\s*(?=\{)")
_BARE = re.compile(r"[^,{}\[\]]*")
_KEY = re.compile(r"[^:{}\[\],]+")
_SPACE = re.compile(r"\s*")


class BracedForm:
    """``CallForm`` with ``quote`` on both sides of a string; keys stand bare.

    Between quotes everything is text; a string that contains the quote cannot be told.
    """

    head: re.Pattern[str] | None = None
    sign = "call:"
    argument = ""

    def __init__(self, quote: str) -> None:
        self._quote = quote

    def read(self, body: str, functions: Sequence[Function], *, mend: bool) -> list[Call]:
        """See ``CallForm``. What ``mend`` closes are brackets that are missing at the end."""
        del functions
        calls: list[Call] = []
        at = 0
        while (head := _HEAD.match(body, at)) is not None:
            reading = _Reading(body, head.end(), self._quote, mend=mend)
            calls.append(Call(head[1], reading.object()))
            at = reading.at
        if not calls or body[at:].strip():
            raise ValueError("not a call in the family's form")
        return calls

    def behind(self, rest: str) -> str:
        """See ``CallForm``."""
        return rest

    def rule(self, function: Function, writer: GrammarWriter) -> str:
        """See ``CallForm``."""
        return BracedGrammar(self._quote, function, writer).call()


class _Reading:
    """A value being read, from ``at`` on."""

    def __init__(self, text: str, at: int, quote: str, *, mend: bool) -> None:
        self._text = text
        self._quote = quote
        self._mend = mend
        self.at = at

    def object(self) -> dict[str, Any]:
        """Fields up to the closing brace."""
        found: dict[str, Any] = {}
        self._expect("{")
        while not self._closes("}"):
            key = self._key()
            self._expect(":")
            found[key] = self._value()
            self._passes(",")
        return found

    def _list(self) -> list[Any]:
        found: list[Any] = []
        self._expect("[")
        while not self._closes("]"):
            found.append(self._value())
            self._passes(",")
        return found

    def _value(self) -> Any:
        self._skip_space()
        if self._text.startswith(self._quote, self.at):
            return self._string()
        if self._text.startswith("{", self.at):
            return self.object()
        if self._text.startswith("[", self.at):
            return self._list()
        return self._bare()

    def _key(self) -> str:
        self._skip_space()
        if self._text.startswith(self._quote, self.at):
            return self._string()
        key = _KEY.match(self._text, self.at)
        if key is None:
            raise ValueError("a field without a key")
        self.at = key.end()
        return key[0].strip()

    def _string(self) -> str:
        start = self.at + len(self._quote)
        end = self._text.find(self._quote, start)
        if end < 0:
            raise ValueError("a string without its end")
        self.at = end + len(self._quote)
        return self._text[start:end]

    def _bare(self) -> Any:
        """A number or a word; any other text without quotes is a string."""
        match = _BARE.match(self._text, self.at)
        text = match[0].strip() if match else ""
        if not text:
            raise ValueError("no value")
        self.at += len(match[0]) if match else 0
        try:
            return parsed(text)
        except ValueError:
            return text

    def _expect(self, char: str) -> None:
        if not self._passes(char):
            raise ValueError(f"no {char}")

    def _closes(self, char: str) -> bool:
        return self._passes(char) or (self._mend and self.at >= len(self._text))

    def _passes(self, char: str) -> bool:
        self._skip_space()
        if self._text.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def _skip_space(self) -> None:
        space = _SPACE.match(self._text, self.at)
        self.at = self.at if space is None else space.end()
