"""The tags of one family, as a template: what stands around a call, and around each argument."""

import re
from dataclasses import dataclass

_HOLES = {
    "{name}": r'(?P<name>[^<>"]+)',
    "{key}": r'(?P<key>[^<>"]*)',
    "{type}": r'(?P<type>[^<>"]*)',
    "{index}": r"[0-9]*",
    "{gap}": r"\s*",
}
_HOLE = re.compile("(" + "|".join(re.escape(hole) for hole in _HOLES) + ")")


@dataclass(frozen=True, slots=True)
class Tags:
    """``call`` opens one and ``end`` closes it; ``open`` and ``close`` stand around a value.

    Holes: ``{name}``, ``{key}``, ``{type}`` (the value's JSON type), ``{index}`` (the call's
    number), ``{gap}`` (a newline that some of the family's templates write and some do not).
    ``wrap`` stands between a value and its tags, and is no part of it. ``cdata``: strings with
    markup are in a CDATA section. ``escapes``: names are written as XML attributes.
    """

    call: str
    open: str
    close: str
    end: str = ""
    wrap: str = ""
    cdata: bool = False
    escapes: bool = False

    def escape(self, name: str) -> str:
        """A name or key as it is written."""
        return name.replace("&", "&amp;").replace('"', "&quot;") if self.escapes else name

    def unescape(self, name: str) -> str:
        """And as it is."""
        name = name.strip()
        return name.replace("&quot;", '"').replace("&amp;", "&") if self.escapes else name

    def unwrap(self, value: str) -> str:
        """The value without what stands between it and its tags."""
        return value.removeprefix(self.wrap).removesuffix(self.wrap) if self.wrap else value


def pattern(template: str) -> str:
    """A regular expression for part of a call. White space between tags is free."""
    parts = [_HOLES.get(part) or re.escape(part) for part in _HOLE.split(template)]
    return "".join(parts).replace("\\\n", r"\s*")
