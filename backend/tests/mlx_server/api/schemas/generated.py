"""Schemas nobody would write by hand: hypothesis puts the keywords together, the same each run."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.mlx_server.api.json_schemas import FLAG, an_object
from tests.mlx_server.api.schemas.strings import FORMATS

Schema = dict[str, Any]
Schemas = st.SearchStrategy[Schema]

_NAMES = st.sampled_from(["a", "b", "c d", "é", "id", "type"])
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
_DATA = st.one_of(st.none(), st.booleans(), st.integers(-999, 999), _TEXTS)
_PATTERNS = st.sampled_from(["^[a-c]{1,4}$", "^\\d{2}$", "^(x|yz){1,2}$", '^[^"\\\\]{0,3}$'])


def _ranges(low: str, high: str, start: int, size: int) -> st.SearchStrategy[dict[str, int]]:
    """Two keywords that leave room between them."""
    return st.builds(
        lambda at, more: {low: at, high: at + more},
        st.integers(start, start + 2 * size),
        st.integers(2, size),
    )


def _typed(kind: str, *parts: st.SearchStrategy[dict[str, Any]]) -> Schemas:
    """All the keywords of one or more strategies, for values of one type."""
    return st.tuples(*parts).map(
        lambda found: {"type": kind} | {k: v for part in found for k, v in part.items()}
    )


_NUMBERS = st.one_of(
    _typed("integer", _ranges("minimum", "maximum", -50, 60)),
    _typed("integer", _ranges("exclusiveMinimum", "exclusiveMaximum", -50, 60)),
    _typed(
        "integer",
        _ranges("minimum", "maximum", 0, 90).map(lambda b: b | {"maximum": b["maximum"] + 60}),
        st.builds(lambda of: {"multipleOf": of}, st.integers(2, 20)),
    ),
    _typed("number", _ranges("exclusiveMinimum", "maximum", -3, 4)),
)
_STRINGS = st.one_of(
    _typed("string", _ranges("minLength", "maxLength", 0, 6)),
    st.builds(lambda pattern: {"type": "string", "pattern": pattern}, _PATTERNS),
    st.builds(lambda name: {"type": "string", "format": name}, st.sampled_from(FORMATS)),
)
_FIXED = st.one_of(
    st.just(FLAG),
    st.just({"type": "null"}),
    st.builds(lambda value: {"const": value}, _DATA),
    st.builds(lambda values: {"enum": values}, st.lists(_DATA, min_size=1, max_size=4)),
)


@st.composite
def _arrays(draw: st.DrawFn, inner: Schemas) -> Schema:
    if draw(st.booleans()):
        places = draw(st.lists(inner, min_size=1, max_size=3))
        return {"type": "array", "prefixItems": places, "items": False, "minItems": len(places)}
    return {"type": "array", "items": draw(inner), **draw(_ranges("minItems", "maxItems", 0, 2))}


@st.composite
def _objects(draw: st.DrawFn, inner: Schemas) -> Schema:
    properties = draw(st.dictionaries(_NAMES, inner, max_size=4))
    names = sorted(properties)
    required = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    return an_object(*required, **properties)


@st.composite
def _documents(draw: st.DrawFn) -> Schema:
    """A schema, perhaps with one part of it in ``$defs``."""
    schema = draw(_ANY)
    if draw(st.booleans()):
        return schema
    shared = {"$ref": "#/$defs/shared"}
    return {**an_object("one", one=shared, two=shared, own=schema), "$defs": {"shared": draw(_ANY)}}


def _unions(inner: Schemas) -> Schemas:
    return st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3))


_ANY: Schemas = st.recursive(
    st.one_of(_NUMBERS, _STRINGS, _FIXED),
    lambda inner: st.one_of(_arrays(inner), _objects(inner), _objects(inner), _unions(inner)),
    max_leaves=6,
)


def drawn(count: int) -> list[Schema]:
    """``count`` schemas, the same at every call."""
    found: list[Schema] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_documents())
    def collect(schema: Schema) -> None:
        found.append(schema)

    collect()
    return found
