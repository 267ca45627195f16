"""Objects: which names, which of them must be there, and what else may."""

from itertools import chain, combinations
from typing import Any

from tests.mlx_server.api.json_schemas import FLAG, INTEGER, SHORT, WORD, an_object

Schema = dict[str, Any]

_THREE = {"a": INTEGER, "b": FLAG, "c": {"type": "null"}}
_SUBSETS = list(chain.from_iterable(combinations(_THREE, size) for size in range(4)))
_NAMES = [
    "a b",
    "",
    "a.b",
    "a/b",
    "a~b",
    "$ref",
    "type",
    "0",
    'q"q',
    "back\\slash",
    "new\nline",
    "ключ",
    "名前",
    "👍",
    "__proto__",
    "</tool_call>",
    "x" * 60,
]
_VALUES: dict[str, Any] = {"flags": FLAG, "numbers": INTEGER, "words": WORD, "lists": SHORT}


def _object(**keywords: Any) -> Schema:
    return {"type": "object", **keywords}


def _nested(depth: int) -> Schema:
    inner: Schema = an_object("leaf", leaf=FLAG)
    for _ in range(depth):
        inner = an_object("in", **{"in": inner})
    return inner


OBJECTS: dict[str, Schema] = {
    **{f"required {'+'.join(s) or 'none'}": an_object(*s, **_THREE) for s in _SUBSETS},
    **{f"named {name!r:.20}": an_object(name, **{name: FLAG}) for name in _NAMES},
    **{
        f"up to two more {name}": _object(additionalProperties=value, maxProperties=2)
        for name, value in _VALUES.items()
    },
    **{
        f"one {name} and one more": _object(
            properties={"a": value}, required=["a"], additionalProperties=value, maxProperties=2
        )
        for name, value in _VALUES.items()
    },
    **{
        f"names like {pattern}": _object(
            patternProperties={pattern: FLAG}, additionalProperties=False, maxProperties=2
        )
        for pattern in ("^x$", "^x[0-9]$", "^[a-z]{2}$", "^(left|right)$", "^_", "^a.{0,2}z$")
    },
    **{
        f"{low} to {high} names": _object(
            additionalProperties=INTEGER, minProperties=low, maxProperties=high
        )
        for low, high in ((0, 0), (0, 1), (1, 1), (2, 2), (1, 3))
    },
    **{f"{depth} deep": _nested(depth) for depth in (1, 2, 5, 12)},
    "eight names": an_object(*(f"k{n}" for n in range(8)), **{f"k{n}": FLAG for n in range(8)}),
    "twenty names, all optional": an_object(**{f"k{n}": FLAG for n in range(20)}),
    "a name that must not be there": _object(
        properties={"a": FLAG, "b": False}, required=["a"], additionalProperties=False
    ),
    "patterns beside names": _object(
        properties={"id": INTEGER},
        required=["id"],
        patternProperties={"^x-[a-z]$": FLAG},
        additionalProperties=False,
        maxProperties=2,
    ),
    "two patterns": _object(
        patternProperties={"^a[0-9]$": INTEGER, "^b[0-9]$": FLAG},
        additionalProperties=False,
        maxProperties=2,
    ),
    "a constant among others": an_object("kind", "n", kind={"const": "circle"}, n=INTEGER),
    "defaults and examples": an_object(
        "a", a={**INTEGER, "default": 5, "examples": [1], "description": "a number", "title": "A"}
    ),
    "annotations all over": {
        **an_object("a", a={**FLAG, "readOnly": True, "deprecated": False, "$comment": "c"}),
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/things",
        "title": "Thing",
        "description": "A thing.",
        "x-unknown": {"of": "ours"},
    },
    "draft 7": {**an_object("a", a=INTEGER), "$schema": "http://json-schema.org/draft-07/schema#"},
    "object or nothing": {**an_object("a", a=FLAG), "type": ["object", "null"]},
    "every type in one": an_object(
        *("i", "n", "s", "b", "z", "l", "o"),
        i=INTEGER,
        n={"type": "number", "minimum": 0, "maximum": 1},
        s=WORD,
        b=FLAG,
        z={"type": "null"},
        l=SHORT,
        o=an_object("x", x=FLAG),
    ),
}
