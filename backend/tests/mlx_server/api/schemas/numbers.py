"""Numbers and constants: bounds on either side of zero, multiples, enumerations."""

from typing import Any

Schema = dict[str, Any]

_INTEGER_BOUNDS: list[dict[str, int]] = [
    {"minimum": 0, "maximum": 0},
    {"minimum": 0, "maximum": 1},
    {"minimum": -1, "maximum": 1},
    {"minimum": 9, "maximum": 10},
    {"minimum": 99, "maximum": 101},
    {"minimum": -101, "maximum": -99},
    {"minimum": -1000, "maximum": 7},
    {"minimum": 123, "maximum": 4567},
    {"minimum": 10**6, "maximum": 10**6 + 3},
    {"minimum": -(2**31), "maximum": 2**31 - 1},
    {"exclusiveMinimum": 0, "maximum": 2},
    {"minimum": -2, "exclusiveMaximum": 0},
    {"exclusiveMinimum": 999, "exclusiveMaximum": 1002},
    {"exclusiveMinimum": -11, "exclusiveMaximum": -9},
    {"minimum": 3, "exclusiveMinimum": 5, "maximum": 8},
    {"maximum": 8, "exclusiveMaximum": 5, "minimum": 3},
]
_NUMBER_BOUNDS: list[dict[str, float]] = [
    {"minimum": 0, "maximum": 1},
    {"minimum": -1, "maximum": 1},
    {"minimum": -0.5, "maximum": -0.25},
    {"minimum": 0.001, "maximum": 0.002},
    {"minimum": 1.5, "maximum": 1.5},
    {"minimum": 99.9, "maximum": 100.1},
    {"minimum": -273.15, "maximum": 1000},
    {"exclusiveMinimum": 0, "maximum": 0.1},
    {"minimum": 0, "exclusiveMaximum": 1},
    {"exclusiveMinimum": -1.25, "exclusiveMaximum": 1.25},
    {"exclusiveMinimum": 2.5, "exclusiveMaximum": 2.75},
]
_MULTIPLES: list[dict[str, Any]] = [
    {"type": "integer", "multipleOf": of, "minimum": low, "maximum": high}
    for of, low, high in (
        (2, 0, 98),
        (3, -30, 30),
        (7, 0, 700),
        (10, -1000, 1000),
        (25, 0, 100),
        (1, 0, 9),
        (100, 100, 900),
    )
]
_ENUMS: list[list[Any]] = [
    [0],
    [1, 2, 3],
    [-1, 0, 1],
    [1.5, 2.25],
    [1, 10, 100, 1000, 10**12],
    [True, False],
    [None],
    [None, 0, False, ""],
    [[], {}, ""],
    [[1, 2], [1, 2, 3], [1]],
    [{"a": 1}, {"a": 2}, {"b": [None]}],
    ["1", 1],
    [1e300, -1e-7],
]
_CONSTANTS: list[Any] = [
    0,
    -7,
    2.5,
    10**15,
    True,
    False,
    "",
    "x",
    [],
    {},
    [[[]]],
    {"a": {"b": {"c": 1}}},
    [1, "a", None, True, {"k": []}],
]


def _named(kind: str, schemas: list[Schema]) -> dict[str, Schema]:
    return {f"{kind}: {str(schema)[:60]}": schema for schema in schemas}


NUMBERS: dict[str, Schema] = {
    **_named("integer", [{"type": "integer", **bounds} for bounds in _INTEGER_BOUNDS]),
    **_named("number", [{"type": "number", **bounds} for bounds in _NUMBER_BOUNDS]),
    **_named("multiple", _MULTIPLES),
    **_named("enum", [{"enum": values} for values in _ENUMS]),
    **_named("const", [{"const": value} for value in _CONSTANTS]),
    "an enum that its bounds narrow": {"enum": [1, 5, 9], "type": "integer", "minimum": 4},
    "an enum that its type narrows": {"enum": [1, "a", None], "type": ["string", "null"]},
    "a constant in an enum": {"const": 2, "enum": [1, 2, 3]},
    "types without a string": {"type": ["integer", "boolean", "null"], "minimum": 0, "maximum": 9},
    "integer and number": {"type": ["integer", "number"], "minimum": 1, "maximum": 2},
    "a multiple in a number": {"type": "number", "multipleOf": 5, "minimum": 0, "maximum": 50},
}
