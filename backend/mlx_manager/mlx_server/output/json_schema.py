"""A JSON Schema as llguidance follows it: said in other words where it knows only those.

What is allowed stays the same, except that a bound's open end moves by less than anybody writes.
https://github.com/guidance-ai/llguidance/blob/main/docs/json_schema.md
"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any, TypeGuard

Schema = Any
"""A mapping, or True or False; callers' bodies may bring anything, which llguidance refuses."""

_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_SINGLE = ("items", "additionalItems", "additionalProperties")
_NAMED = ("properties", "patternProperties", "$defs", "definitions")

_REFERENCES = 16
"""How many references that lead to references are followed."""

_DEPTH = 4
"""How far into required properties two branches are told apart."""

_SLIVER = 1e-6

_TYPES: dict[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}
_ALL_TYPES = frozenset(_TYPES.values())


def followable(schema: Schema, root: Schema = None) -> Schema:
    """``schema`` rewritten; ``root`` is the document that its references point into."""
    if not isinstance(schema, Mapping):
        return schema
    root = schema if root is None else root
    written = {key: _part(key, value, root) for key, value in schema.items()}
    branches = schema.get("oneOf")
    # Enforced as anyOf, the same thing when no value can be two of them at once.
    if branches and "anyOf" not in schema and _are_apart(branches, root):
        written["anyOf"] = written.pop("oneOf")
    _open(written, "exclusiveMinimum", ("maximum", "exclusiveMaximum"), 1)
    _open(written, "exclusiveMaximum", ("minimum", "exclusiveMinimum"), -1)
    return written


def _part(key: str, value: Any, root: Schema) -> Any:
    if key in _LISTS and isinstance(value, list):
        return [followable(each, root) for each in value]
    if key in _SINGLE:
        return followable(value, root)
    if key in _NAMED and isinstance(value, Mapping):
        return {name: followable(each, root) for name, each in value.items()}
    return value  # data, which may look like a schema


def _open(schema: dict[str, Any], bound: str, others: tuple[str, str], sign: int) -> None:
    """llguidance 1.9 lets ``0`` pass in the open range from 0 to 0.5, and the like at every whole
    number; not so when the open end is no whole number."""
    end = schema.get(bound)
    if not _is_number(end) or not float(end).is_integer() or schema.get("type") == "integer":
        return
    far = [schema[name] for name in others if _is_number(schema.get(name))]
    width = min((sign * (each - end) for each in far), default=math.inf)
    if 0 < width < 1:
        schema[bound] = end + sign * min(_SLIVER, width / 10)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_apart(branches: Any, root: Schema) -> bool:
    return isinstance(branches, list) and all(
        _is_apart(a, b, root, _DEPTH) for a, b in combinations(branches, 2)
    )


def _is_apart(one: Schema, other: Schema, root: Schema, depth: int) -> bool:
    """Whether no value fits both, as far as types, constants and required properties tell."""
    one, other = _resolved(one, root), _resolved(other, root)
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    types, others = _types(one), _types(other)
    if not types & others:
        return True
    values, their_values = _values(one), _values(other)
    if values is not None and their_values is not None:
        return not any(_is_same(a, b) for a in values for b in their_values)
    if depth == 0 or types | others != {"object"}:
        return False
    names, their_names = _required(one), _required(other)
    return (
        any(_forbids(other, name) for name in names)
        or any(_forbids(one, name) for name in their_names)
        or any(
            _is_apart(_property(one, name), _property(other, name), root, depth - 1)
            for name in names
            if name in their_names
        )
    )


def _resolved(schema: Schema, root: Schema) -> Schema:
    """What a reference within the document leads to. Keywords beside it only narrow it further."""
    for _ in range(_REFERENCES):
        if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
            return schema
        path = schema["$ref"]
        if not path.startswith("#/"):
            return None
        schema = root
        for step in path[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            schema = schema.get(name) if isinstance(schema, Mapping) else None
    return None


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    values = _values(schema)
    if values is not None:
        return frozenset(_TYPES[type(value)] for value in values)
    named = schema.get("type")
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return _ALL_TYPES
    return frozenset("number" if name == "integer" else name for name in names)


def _values(schema: Mapping[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else None


def _is_same(a: Any, b: Any) -> bool:
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def _required(schema: Mapping[str, Any]) -> list[str]:
    names = schema.get("required")
    return [n for n in names if isinstance(n, str)] if isinstance(names, list) else []


def _property(schema: Mapping[str, Any], name: str) -> Schema:
    properties = schema.get("properties")
    return properties.get(name) if isinstance(properties, Mapping) else None


def _forbids(schema: Mapping[str, Any], name: str) -> bool:
    properties = schema.get("properties") or {}
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    return closed and isinstance(properties, Mapping) and name not in properties
