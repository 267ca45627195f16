"""Schemas that cannot be enforced, with what the error has to name."""

from typing import Any

from tests.mlx_server.api.json_schemas import FLAG, INTEGER, WORD, an_object

Schema = dict[str, Any]

_UNKNOWN: dict[str, Any] = {
    "not": {"type": "null"},
    "if": {"required": ["a"]},
    "then": {"required": ["a"]},
    "else": {"required": ["a"]},
    "contains": FLAG,
    "minContains": 1,
    "maxContains": 1,
    "uniqueItems": True,
    "dependentRequired": {"a": ["b"]},
    "dependentSchemas": {"a": FLAG},
    "dependencies": {"a": ["b"]},
    "propertyNames": {"maxLength": 3},
    "unevaluatedProperties": False,
    "unevaluatedItems": False,
    "$dynamicRef": "#x",
    "$recursiveRef": "#",
}
_FORMATS = [
    "idn-email",
    "idn-hostname",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
    "binary",
    "byte",
    "password",
    "colour",
]
_WRONG: dict[str, tuple[Schema, str]] = {
    "an unknown type": ({"type": "text"}, "text"),
    "a type that is a number": ({"type": 7}, "type"),
    "no type": ({"type": []}, "anyOf"),
    "nothing to choose from": ({"enum": []}, "anyOf"),
    "enum that is no list": ({"enum": "a"}, "enum"),
    "no alternatives": ({"anyOf": []}, "anyOf"),
    "no single alternative": ({"oneOf": []}, "oneOf"),
    "a constant of another type": ({"type": "string", "const": 1}, "types"),
    "minimum that is a text": ({"type": "integer", "minimum": "a"}, "minimum"),
    "a negative length": ({"type": "string", "maxLength": -1}, "maxLength"),
    "half a character": ({"type": "string", "maxLength": 1.5}, "maxLength"),
    "lengths that exclude each other": ({"type": "string", "minLength": 5, "maxLength": 2}, "minL"),
    "counts that do": ({"type": "array", "minItems": 3, "maxItems": 1}, "minItems"),
    "counts of names that do": (
        {"type": "object", "minProperties": 3, "maxProperties": 1},
        "minProperties",
    ),
    "multiples of nothing": ({"type": "integer", "multipleOf": 0}, "multiple"),
    "properties that are a list": ({"type": "object", "properties": []}, "properties"),
    "required that is a text": ({"type": "object", "required": "a"}, "required"),
    "a required name that is forbidden": (
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        "'a'",
    ),
    "items that are no schema": ({"type": "array", "items": 5}, "schema"),
    "a reference that is a number": ({"$ref": 5}, "$ref"),
    "a reference to nothing": ({"$ref": "#/$defs/nothing"}, "nothing"),
    "a reference elsewhere": ({"$ref": "https://example.com/other.json"}, "example.com"),
    "a look ahead": ({"type": "string", "pattern": "a(?!b)"}, "look-ahead"),
    "a look behind": ({"type": "string", "pattern": "(?<=a)b"}, "look-behind"),
    "a back reference": ({"type": "string", "pattern": "(a)\\1"}, "backreferences"),
    "a word's edge": ({"type": "string", "pattern": "\\bword\\b"}, "pattern"),
    "an open bracket": ({"type": "string", "pattern": "["}, "pattern"),
    "a pattern of names that is none": (
        {"type": "object", "patternProperties": {"[": FLAG}},
        "pattern",
    ),
    "patterns of names that overlap": (
        {"type": "object", "patternProperties": {"^a": FLAG, "b$": WORD}},
        "patternProperty",
    ),
    "oneOf of what overlaps": ({"oneOf": [INTEGER, {"type": "number"}]}, "oneOf"),
    "oneOf of texts and one of them": ({"oneOf": [WORD, {"const": "a"}]}, "oneOf"),
    "a brace that is no count": ({"type": "string", "pattern": "^{[a-z]}$"}, "pattern"),
    "oneOf of objects that overlap": (
        {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
        "oneOf",
    ),
}

REFUSED: dict[str, tuple[Schema, str]] = {
    **{keyword: ({keyword: value}, keyword) for keyword, value in _UNKNOWN.items()},
    **{
        f"{keyword} in a property": (an_object("a", a={keyword: value}), keyword)
        for keyword, value in _UNKNOWN.items()
    },
    **{
        f"{keyword} in a definition": (
            {**an_object("a", a={"$ref": "#/$defs/x"}), "$defs": {"x": {keyword: value}}},
            keyword,
        )
        for keyword, value in _UNKNOWN.items()
    },
    **{f"format {name}": ({"type": "string", "format": name}, name) for name in _FORMATS},
    **_WRONG,
}
"""By name: a schema, and a word that the error message must have."""
