"""JSON Schemas of every keyword that can be enforced, and of some that cannot."""

from typing import Any

Schema = dict[str, Any]


def an_object(*required: str, **properties: Any) -> Schema:
    """A closed object."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


INTEGER: Schema = {"type": "integer", "minimum": -99, "maximum": 99}
WORD: Schema = {"type": "string", "maxLength": 6}
FLAG: Schema = {"type": "boolean"}
SHORT: Schema = {"type": "array", "items": INTEGER, "maxItems": 3}

SCALARS: dict[str, Schema] = {
    "null": {"type": "null"},
    "boolean": FLAG,
    "minimum and maximum": {"type": "integer", "minimum": 3, "maximum": 17},
    "exclusive bounds": {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 6},
    "bounds of a number": {"type": "number", "minimum": 0.5, "maximum": 1.5},
    "a negative range": {"type": "integer", "minimum": -12, "maximum": -3},
    "multipleOf": {"type": "integer", "multipleOf": 5, "minimum": 0, "maximum": 500},
    "several types": {"type": ["integer", "null"], "minimum": 0, "maximum": 9},
    "const text": {"const": 'yes "quoted" \\ and é'},
    "const number": {"const": 42},
    "const null": {"const": None},
    "const object": {"const": {"a": [1, {"b": None}]}},
    "enum of texts": {"enum": ["red", "green", "blue"]},
    "enum of kinds": {"enum": ["a", 1, None, True, [1], {"x": 1}]},
    "enum and type": {"type": "string", "enum": ["only", "these"]},
    "minLength and maxLength": {"type": "string", "minLength": 2, "maxLength": 5},
    "pattern": {"type": "string", "pattern": "^[a-z]{2,4}-[0-9]{3}$"},
    "pattern of choices": {"type": "string", "pattern": "^(cat|dog)s?$"},
    "pattern and length": {"type": "string", "pattern": "^[ab]+$", "minLength": 3, "maxLength": 6},
    "format date": {"type": "string", "format": "date"},
    "format time": {"type": "string", "format": "time"},
    "format date-time": {"type": "string", "format": "date-time"},
    "format uuid": {"type": "string", "format": "uuid"},
    "format ipv4": {"type": "string", "format": "ipv4"},
    "format duration": {"type": "string", "format": "duration"},
    "annotations": {"type": "boolean", "title": "T", "description": "D", "default": True},
}

ARRAYS: dict[str, Schema] = {
    "items": {"type": "array", "items": FLAG, "maxItems": 4},
    "minItems": {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 3},
    "exactly so many": {"type": "array", "items": WORD, "minItems": 2, "maxItems": 2},
    "an empty array": {"type": "array", "maxItems": 0},
    "prefixItems": {
        "type": "array",
        "prefixItems": [INTEGER, WORD],
        "items": False,
        "minItems": 2,
    },
    "prefixItems and more": {
        "type": "array",
        "prefixItems": [INTEGER],
        "items": FLAG,
        "minItems": 1,
        "maxItems": 3,
    },
    "arrays of arrays": {"type": "array", "items": SHORT, "maxItems": 2},
    "arrays of objects": {"type": "array", "items": an_object("n", n=INTEGER), "maxItems": 2},
}

OBJECTS: dict[str, Schema] = {
    "no properties": an_object(),
    "required": an_object("a", "b", a=INTEGER, b=FLAG),
    "optional": an_object("a", a=INTEGER, b=FLAG, c=WORD),
    "nested": an_object("in", **{"in": an_object("deep", deep=an_object("x", x=INTEGER))}),
    "names to be escaped": an_object('a "b"', "ü\\", **{'a "b"': INTEGER, "ü\\": FLAG}),
    "additionalProperties of a type": {
        "type": "object",
        "properties": {"a": INTEGER},
        "required": ["a"],
        "additionalProperties": INTEGER,
        "maxProperties": 2,
    },
    "patternProperties": {
        "type": "object",
        "patternProperties": {"^x[0-9]$": INTEGER},
        "additionalProperties": False,
        "maxProperties": 2,
    },
    "minProperties": {
        "type": "object",
        "additionalProperties": FLAG,
        "minProperties": 1,
        "maxProperties": 2,
    },
    "required but not described": {
        "type": "object",
        "required": ["a"],
        "additionalProperties": INTEGER,
        "maxProperties": 1,
    },
    "a property that may be null": an_object("a", a={"anyOf": [WORD, {"type": "null"}]}),
    "a property that is anything goes nowhere": an_object("a", a={"enum": [True]}, b=True),
}

TREE = an_object(
    "value", value=INTEGER, children={"type": "array", "items": {"$ref": "#"}, "maxItems": 1}
)
NODE = an_object("v", v=FLAG, next={"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]})

COMBINED: dict[str, Schema] = {
    "anyOf": {"anyOf": [INTEGER, FLAG, {"type": "null"}]},
    "anyOf objects": {"anyOf": [an_object("a", a=INTEGER), an_object("b", b=FLAG)]},
    "oneOf that excludes": {
        "oneOf": [an_object("k", k={"const": "a"}), an_object("k", k={"const": "b"})]
    },
    "allOf": {
        "allOf": [
            {"type": "object", "properties": {"a": INTEGER}, "required": ["a"]},
            {"type": "object", "properties": {"b": FLAG}, "required": ["b"]},
        ],
        "properties": {"a": True, "b": True},
        "additionalProperties": False,
    },
    "allOf numbers": {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 9}]},
    "siblings of anyOf": {
        "type": "object",
        "properties": {"a": INTEGER, "b": True},
        "required": ["a"],
        "anyOf": [
            {"properties": {"b": FLAG}, "required": ["b"]},
            {"properties": {"a": {"minimum": 5}}, "required": ["a"]},
        ],
        "additionalProperties": False,
    },
    "$ref and $defs": {
        **an_object("a", "b", a={"$ref": "#/$defs/n"}, b={"$ref": "#/$defs/n"}),
        "$defs": {"n": INTEGER},
    },
    "definitions": {
        **an_object("a", a={"$ref": "#/definitions/n"}),
        "definitions": {"n": FLAG},
    },
    "$ref beside keywords": {
        **an_object("a", a={"$ref": "#/$defs/n", "minimum": 5}),
        "$defs": {"n": INTEGER},
    },
    "recursion through #": TREE,
    "recursion through $defs": {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
    "two that call each other": {
        "$ref": "#/$defs/a",
        "$defs": {
            "a": an_object("b", b={"anyOf": [{"$ref": "#/$defs/b"}, {"type": "null"}]}),
            "b": an_object("a", a={"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}),
        },
    },
}

ENFORCED = {**SCALARS, **ARRAYS, **OBJECTS, **COMBINED}

REFUSED: dict[str, tuple[Schema, str]] = {
    "not": ({"not": {"type": "string"}}, "not"),
    "if": ({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}}, "if"),
    "uniqueItems": ({"type": "array", "uniqueItems": True}, "uniqueItems"),
    "contains": ({"type": "array", "contains": {"const": 1}}, "contains"),
    "dependentRequired": (
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        "dependentRequired",
    ),
    "propertyNames": ({"type": "object", "propertyNames": {"maxLength": 3}}, "propertyNames"),
    "a format nobody knows": ({"type": "string", "format": "haiku"}, "haiku"),
    "a type nobody knows": ({"type": "poem"}, "poem"),
    "a reference elsewhere": ({"$ref": "https://example.com/a.json"}, "example.com"),
    "a reference to nothing": ({"$ref": "#/$defs/missing"}, "missing"),
    "a pattern that looks ahead": ({"type": "string", "pattern": "^(?=a)b$"}, "pattern"),
    "bounds that exclude each other": ({"type": "integer", "minimum": 5, "maximum": 1}, "minimum"),
}
