"""A Lark grammar being written for one tokenizer.

https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.json_schema import followable

_MARKER = re.compile(r"<[^<>\s]+>|\[[A-Z_]+\]")
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#&~/-]")
_CONTROL = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

AS_TEMPLATES = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""As chat templates write JSON: what the model has seen, and no room for endless white space."""

ANY_TEXT = "(?s:.*)"


class GrammarWriter:
    """Collects rules and terminals. Markers that are one token are written by their id, because
    no text spells them (``engine.vocabulary``)."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._lines: list[str] = []
        self._named = 0

    def literal(self, text: str) -> str:
        """Exactly this text."""
        return " ".join(self._pieces(text)) or '""'

    def rule(self, body: str) -> str:
        """The name of a new rule."""
        name = self.fresh_name()
        self.define(name, body)
        return name

    def fresh_name(self) -> str:
        """A name for a rule that is yet to be defined."""
        self._named += 1
        return f"rule_{self._named}"

    def define(self, name: str, body: str) -> None:
        """A rule whose name is known, to itself too."""
        self._lines.append(f"{name}: {body}")

    def free_text(self, close: str, *, wrap: str = "", matching: Sequence[str] = ()) -> str:
        """Any text that does not contain ``close``, then ``wrap`` and ``close``.

        The text matches each of the regular expressions.
        """
        patterns = list(matching) or [ANY_TEXT]
        if self.begins_with_token(close):
            unless = f"~/{ANY_TEXT}{escaped(close)}{ANY_TEXT}/"
            text = self._terminal([f"/({each}){escaped(wrap)}/" for each in patterns], unless)
            return f"{text} {self.literal(close)}"
        # One terminal with the end in it: a terminal of its own would never begin, since the
        # text goes on as long as it can.
        end = escaped(wrap + close)
        unless = f"~/{ANY_TEXT}{escaped(close)}(?s:.+)/"
        return self._terminal([f"/({each}){end}/" for each in patterns], unless)

    def text(self, regex: str) -> str:
        """A terminal that matches a regular expression."""
        return self._terminal([f"/{regex}/"])

    def json(self, schema: Mapping[str, Any], *, strict: bool) -> str:
        """A JSON text; keywords that cannot be enforced are an error in a strict one."""
        written = {**followable(schema), "x-guidance": {**AS_TEMPLATES, "lenient": not strict}}
        # A line a field: errors quote the line they are in.
        return self.rule(f"%json {json.dumps(written, ensure_ascii=False, indent=0)}")

    def begins_with_token(self, text: str) -> bool:
        """Whether a marker that is one token stands at the head of ``text``."""
        return next(iter(self._pieces(text)), "").startswith("<[")

    def opening_token(self, text: str) -> tuple[int, str] | None:
        """The token that ``text`` begins with and the plain text after it; None where it begins
        otherwise, or holds more markers than that."""
        first, *others = self._pieces(text) or [""]
        if not first.startswith("<[") or any(each.startswith("<[") for each in others):
            return None
        return int(first[2:-2]), " ".join(others)

    def grammar(self, start: str) -> str:
        """The whole text, of which ``start`` is the first rule's right side."""
        return "\n".join([f"start: {start}", *self._lines])

    def _terminal(self, patterns: Sequence[str], *others: str) -> str:
        self._named += 1
        name = f"TEXT_{self._named}"
        self._lines.append(f"{name}: {' & '.join([*patterns, *others])}")
        return name

    def _pieces(self, text: str) -> list[str]:
        pieces: list[str] = []
        plain = ""
        at = 0
        for match in _MARKER.finditer(text):
            ids = self._tokenizer.encode(match[0], add_special_tokens=False)
            if len(ids) != 1:
                continue
            plain += text[at : match.start()]
            pieces += [*([quoted(plain)] if plain else []), f"<[{ids[0]}]>"]
            plain, at = "", match.end()
        plain += text[at:]
        return [*pieces, quoted(plain)] if plain else pieces


def quoted(text: str) -> str:
    """A string of a Lark grammar."""
    return json.dumps(text, ensure_ascii=False)


def escaped(text: str) -> str:
    """Text as a regular expression between slashes that matches it and nothing else."""
    plain = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return "".join(_CONTROL.get(char, char) for char in plain)
