"""Strings: lengths, patterns, formats, and what has to be escaped."""

from typing import Any

Schema = dict[str, Any]

_LENGTHS = [(0, 0), (0, 1), (1, 1), (2, 2), (3, 7), (0, 20), (19, 20), (40, 50)]
_PATTERNS = [
    "^$",
    "^a$",
    "^a?$",
    "^a{3}$",
    "^a{2,5}$",
    "^[a-z]{1,8}$",
    "^[^a-z]{1,8}$",
    "^[A-Z][a-z]{0,6}$",
    "^(foo|bar|baz)$",
    "^(a|b)(c|d)(e|f)$",
    "^(?:ab){1,3}$",
    "^\\d{4}-\\d{2}$",
    "^[0-9]{3}-[0-9]{4}$",
    "^\\w{1,6}$",
    "^\\S{1,6}$",
    "^\\s{0,2}x$",
    "^[+-]?[0-9]{1,3}(\\.[0-9]{1,2})?$",
    "^#[0-9a-fA-F]{6}$",
    "^v[0-9]\\.[0-9]\\.[0-9]$",
    "^[a-z]{1,4}@[a-z]{1,4}\\.(com|org)$",
    "^https?://[a-z]{1,6}$",
    "^/([a-z]{1,3}/){0,2}$",
    "^\\$[0-9]{1,3}$",
    "^\\\\{2}$",
    '^"[a-z]{1,3}"$',
    "^[äöü]{1,3}$",
    "^[\\u4e00-\\u4e10]{1,2}$",
    "^.{3}$",
    "^.{0,9}$",
    "^x.{0,3}y$",
    "^(yes|no)\\??$",
    "^[ab]{1,4}$|^[01]{1,4}$",
    "^(a{1,2}|b{1,2}){1,2}$",
    "^\\t\\n$",
    "^[.]{1,3}$",
    "^[\\]\\[]{2}$",
    "^[a-c-]{1,4}$",
    "^\\{[a-z]\\}$",
]
FORMATS = [
    "date",
    "time",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
    "uri",
]
_TEXTS = [
    "",
    " ",
    "a b",
    'say "hi"',
    "back\\slash",
    "line\nbreak",
    "tab\there",
    "\x01\x1f\x7f",
    "\u2028",
    "naïve café",
    "日本語",
    "👍🏽",
    "</tool_call>",
    "<|im_end|>",
    "{}",
    "null",
    "%json {",
    "/a/",
    "a" * 80,
]


def _string(**keywords: Any) -> Schema:
    return {"type": "string", **keywords}


STRINGS: dict[str, Schema] = {
    **{f"length {a}-{b}": _string(minLength=a, maxLength=b) for a, b in _LENGTHS},
    **{f"pattern {each}": _string(pattern=each) for each in _PATTERNS},
    **{f"format {each}": _string(format=each) for each in FORMATS},
    **{
        f"format {each} or nothing": {"type": ["string", "null"], "format": each}
        for each in FORMATS
    },
    **{f"constant {each!r:.20}": {"const": each} for each in _TEXTS},
    **{f"one of {each!r:.20}": _string(enum=[each, "other"]) for each in _TEXTS},
    "pattern found anywhere": _string(pattern="b", maxLength=6),
    "pattern at the beginning": _string(pattern="^ab", maxLength=6),
    "pattern at the end": _string(pattern="yz$", maxLength=6),
    "pattern and lengths": _string(pattern="^[a-z]+$", minLength=2, maxLength=4),
    "pattern without a type": {"type": ["string", "null"], "pattern": "^[xy]{2}$"},
    "lengths count characters, not bytes": _string(pattern="^[é👍]+$", minLength=2, maxLength=3),
    "all texts at once": _string(enum=_TEXTS),
}
