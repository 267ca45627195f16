"""Arrays: how many items, of what, in which places."""

from typing import Any

from tests.mlx_server.api.json_schemas import FLAG, INTEGER, SHORT, WORD, an_object

Schema = dict[str, Any]
DRAFT_7 = "http://json-schema.org/draft-07/schema#"

_ITEMS: dict[str, Any] = {
    "flags": FLAG,
    "numbers": INTEGER,
    "words": WORD,
    "nothings": {"type": "null"},
    "either": {"anyOf": [FLAG, INTEGER]},
    "choices": {"enum": ["a", 1, None]},
    "objects": an_object("a", a=FLAG),
    "pairs": {"type": "array", "prefixItems": [FLAG, INTEGER], "items": False, "minItems": 2},
}
_COUNTS = [(0, 0), (0, 1), (1, 1), (0, 3), (2, 2), (2, 4), (3, 3)]


def _array(**keywords: Any) -> Schema:
    return {"type": "array", **keywords}


ARRAYS: dict[str, Schema] = {
    **{
        f"{low} to {high} {name}": _array(items=items, minItems=low, maxItems=high)
        for name, items in _ITEMS.items()
        for low, high in _COUNTS
    },
    "one place": _array(prefixItems=[FLAG], items=False, minItems=1),
    "three places": _array(prefixItems=[FLAG, INTEGER, WORD], items=False, minItems=3),
    "places that may stay empty": _array(prefixItems=[FLAG, INTEGER], items=False),
    "places and a limit": _array(prefixItems=[FLAG, INTEGER, WORD], items=False, maxItems=2),
    "places, then words": _array(prefixItems=[FLAG], items=WORD, minItems=2, maxItems=3),
    "places as draft 7 wrote them": {
        **_array(items=[FLAG, INTEGER], additionalItems=False, minItems=2),
        "$schema": DRAFT_7,
    },
    "places and more as draft 7": {
        **_array(items=[FLAG], additionalItems=INTEGER, maxItems=3),
        "$schema": DRAFT_7,
    },
    "no items allowed": _array(items=False),
    "a matrix": _array(items=_array(items=FLAG, minItems=2, maxItems=2), minItems=2, maxItems=2),
    "three deep": _array(items=_array(items=SHORT, maxItems=1), maxItems=1),
    "a table": _array(items=an_object("k", "v", k=WORD, v=INTEGER), minItems=1, maxItems=2),
    "array or nothing": {"type": ["array", "null"], "items": FLAG, "maxItems": 2},
    "items that are a choice of arrays": _array(
        items={"anyOf": [_array(items=FLAG, maxItems=1), _array(items=INTEGER, maxItems=1)]},
        maxItems=2,
    ),
}
