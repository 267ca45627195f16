"""anyOf, oneOf, allOf, references and recursion."""

from typing import Any

from tests.mlx_server.api.json_schemas import FLAG, INTEGER, SHORT, WORD, an_object

Schema = dict[str, Any]

NOTHING: Schema = {"type": "null"}
_CIRCLE = an_object("kind", "r", kind={"const": "circle"}, r=INTEGER)
_SQUARE = an_object("kind", "side", kind={"const": "square"}, side=INTEGER)


def _referring(target: str, **definitions: Any) -> Schema:
    return {**an_object("a", a={"$ref": target}), "$defs": definitions}


def _optional(target: str) -> Schema:
    return {"anyOf": [{"$ref": target}, NOTHING]}


CHOICES: dict[str, Schema] = {
    "anyOf of one": {"anyOf": [FLAG]},
    "anyOf of kinds": {"anyOf": [FLAG, WORD, SHORT, an_object()]},
    "anyOf in anyOf": {"anyOf": [{"anyOf": [FLAG, NOTHING]}, {"anyOf": [INTEGER, WORD]}]},
    "anyOf that overlaps": {"anyOf": [INTEGER, {"type": "integer", "minimum": 0, "maximum": 500}]},
    "anyOf of constants": {"anyOf": [{"const": "a"}, {"const": "ab"}, {"const": "abc"}]},
    "anyOf of ranges": {
        "type": "integer",
        "anyOf": [{"minimum": 0, "maximum": 5}, {"minimum": 90, "maximum": 95}],
    },
    "anyOf of shapes": {"anyOf": [_CIRCLE, _SQUARE]},
    "anyOf with what is impossible": {"anyOf": [{"type": "integer", "enum": ["x"]}, FLAG]},
    "anyOf in a property": an_object("a", "b", a={"anyOf": [FLAG, INTEGER]}, b=FLAG),
    "anyOf in items": {"type": "array", "items": {"anyOf": [_CIRCLE, NOTHING]}, "maxItems": 2},
    "oneOf of kinds": {"oneOf": [FLAG, WORD, NOTHING]},
    "oneOf of shapes": {"oneOf": [_CIRCLE, _SQUARE]},
    "oneOf of constants": {"oneOf": [{"const": 1}, {"const": 2}, {"const": "3"}]},
    "oneOf of numbers": {"oneOf": [{"const": 1}, {"enum": [2, 3]}, {"const": True}]},
    "oneOf as pydantic writes a discriminated union": {
        **an_object(
            "shape",
            shape={
                "oneOf": [{"$ref": "#/$defs/Circle"}, {"$ref": "#/$defs/Square"}],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"circle": "#/$defs/Circle", "square": "#/$defs/Square"},
                },
            },
        ),
        "$defs": {"Circle": _CIRCLE, "Square": _SQUARE},
    },
    "oneOf in a property": an_object("a", a={"oneOf": [FLAG, INTEGER]}),
    "allOf of one": {"allOf": [INTEGER]},
    "allOf and siblings": {"allOf": [{"minimum": 5}], "type": "integer", "maximum": 9},
    "allOf of lengths": {"type": "string", "allOf": [{"minLength": 2}, {"maxLength": 4}]},
    "allOf of enums": {"allOf": [{"enum": [1, 2, 3]}, {"enum": [2, 3, 4]}]},
    "allOf of counts": {
        "type": "array",
        "items": FLAG,
        "allOf": [{"minItems": 1}, {"maxItems": 2}],
    },
    "allOf of patterns": {
        "type": "string",
        "allOf": [{"pattern": "^[a-f]{1,5}$"}, {"pattern": "^[d-z]{2,9}$"}],
    },
    "allOf of anyOf": {"allOf": [{"anyOf": [INTEGER, FLAG]}, {"anyOf": [FLAG, NOTHING]}]},
    "allOf of a reference": {
        "allOf": [{"$ref": "#/$defs/base"}],
        "$defs": {"base": an_object("a", a=FLAG)},
    },
    "allOf that adds a property": {
        "type": "object",
        "allOf": [
            {"properties": {"a": FLAG}, "required": ["a"]},
            {"properties": {"b": INTEGER}, "required": ["b"]},
        ],
        "properties": {"a": True, "b": True},
        "additionalProperties": False,
    },
}

REFERENCES: dict[str, Schema] = {
    "to the top of $defs": _referring("#/$defs/x", x=FLAG),
    "through two": _referring("#/$defs/x", x={"$ref": "#/$defs/y"}, y=INTEGER),
    "through five": _referring(
        "#/$defs/d0", **{f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(5)}, d5=FLAG
    ),
    "with a slash in the name": _referring("#/$defs/a~1b", **{"a/b": FLAG}),
    "with a tilde in the name": _referring("#/$defs/a~0b", **{"a~b": FLAG}),
    "with a space in the name": _referring("#/$defs/a%20b", **{"a b": FLAG}),
    "into a definition": _referring("#/$defs/x/properties/y", x=an_object(y=FLAG)),
    "to a sibling property": an_object("a", "b", a=INTEGER, b={"$ref": "#/properties/a"}),
    "to items": an_object("a", "b", a=SHORT, b={"$ref": "#/properties/a/items"}),
    "to a place of anyOf": an_object(
        "a", "b", a={"anyOf": [FLAG, INTEGER]}, b={"$ref": "#/properties/a/anyOf/0"}
    ),
    "to an anchor": _referring("#here", x={**FLAG, "$anchor": "here"}),
    "beside an annotation": {
        **an_object("a", a={"$ref": "#/$defs/x", "description": "d", "default": True}),
        "$defs": {"x": FLAG},
    },
    "many times": {
        **an_object(*"abcdef", **{name: {"$ref": "#/$defs/x"} for name in "abcdef"}),
        "$defs": {"x": INTEGER},
    },
    "by its own $id": {
        **_referring("https://example.com/s#/$defs/x", x=FLAG),
        "$id": "https://example.com/s",
    },
    "unused definitions": {**an_object("a", a=FLAG), "$defs": {"x": {"not": {}}}},
    "as pydantic writes a nested model": {
        **an_object("user", user={"$ref": "#/$defs/User"}),
        "$defs": {
            "User": an_object("name", "role", name=WORD, role={"$ref": "#/$defs/Role"}),
            "Role": {"enum": ["admin", "user"], "type": "string", "title": "Role"},
        },
    },
}

RECURSIONS: dict[str, Schema] = {
    "a list": {"$ref": "#/$defs/n", "$defs": {"n": an_object("v", v=FLAG, next=_optional("#"))}},
    "a list whose end is there": {
        "$ref": "#/$defs/n",
        "$defs": {"n": an_object("v", "next", v=FLAG, next=_optional("#/$defs/n"))},
    },
    "a tree": an_object("kids", kids={"type": "array", "items": {"$ref": "#"}, "maxItems": 1}),
    "a binary tree": an_object("l", "r", l=_optional("#"), r=NOTHING),
    "nested arrays": {"type": "array", "items": {"$ref": "#"}, "maxItems": 1},
    "a document": {
        "$ref": "#/$defs/any",
        "$defs": {
            "any": {"anyOf": [FLAG, NOTHING, {"$ref": "#/$defs/list"}]},
            "list": {"type": "array", "items": {"$ref": "#/$defs/any"}, "maxItems": 1},
        },
    },
    "an expression": {
        "$ref": "#/$defs/e",
        "$defs": {
            "e": {"anyOf": [INTEGER, {"$ref": "#/$defs/sum"}]},
            "sum": an_object("add", add={"$ref": "#/$defs/terms"}),
            "terms": {"type": "array", "items": {"$ref": "#/$defs/e"}, "maxItems": 1},
        },
    },
}

COMBINED = {
    **CHOICES,
    **{f"reference {name}": schema for name, schema in REFERENCES.items()},
    **{f"recursion: {name}": schema for name, schema in RECURSIONS.items()},
}
