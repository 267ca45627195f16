"""What a parameter's JSON Schema says of its values: for formats that are not JSON.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlx_manager.mlx_server.errors import BadRequest

Schema = Mapping[str, Any]

TYPES = frozenset({"string", "integer", "number", "boolean", "null", "array", "object"})

_SAID = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
    | {"$schema", "$id", "$comment", "$defs", "definitions", "$ref", "type", "enum", "const"}
    | {"anyOf", "oneOf", "nullable"}
)
_OF_TYPE: dict[str, frozenset[str]] = {
    "string": frozenset({"pattern", "minLength", "maxLength", "format"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "object": frozenset({"properties", "required", "additionalProperties"}),
}
_DEPTH = 16


class Field(NamedTuple):
    """One property of an object."""

    key: str
    schema: Any
    required: bool


class SchemaReader:
    """One function's schema, with the definitions that its references point to."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self.definitions = {key: root[key] for key in ("$defs", "definitions") if key in root}

    def resolved(self, schema: Any) -> Schema:
        """The schema that a reference stands for; one that allows anything for ``true``."""
        for _ in range(_DEPTH):
            if not isinstance(schema, Mapping):
                return {}
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            schema = self._at(reference)
        return {}

    def variants(self, schema: Any, depth: int = 0) -> Iterator[Schema]:
        """The schema taken apart at its choices; each part has one type, values, or neither."""
        whole = self.resolved(schema)
        choices = whole.get("anyOf") or whole.get("oneOf")
        if isinstance(choices, list) and depth < _DEPTH:
            for choice in choices:
                yield from self.variants(choice, depth + 1)
        elif isinstance(whole.get("type"), list) and not ("enum" in whole or "const" in whole):
            yield from ({**whole, "type": each} for each in whole["type"])
        else:
            yield whole

    def types(self, schema: Any) -> frozenset[str]:
        """Which types a value may have; all of them where nothing is said."""
        found: set[str] = set()
        for variant in self.variants(schema):
            values = values_of(variant)
            if values is not None:
                found |= {type_of(value) for value in values}
            elif variant.get("type") in TYPES:
                found.add(variant["type"])
            else:
                return TYPES
        return frozenset(found) or TYPES

    def within(self, schema: Schema) -> dict[str, Any]:
        """A part of the schema that stands alone: with the definitions it may refer to."""
        return {**schema, **self.definitions}

    def property(self, key: str) -> Any:
        """The schema of one argument; anything goes for one that is not named."""
        properties = self.resolved(self._root).get("properties")
        return properties.get(key, {}) if isinstance(properties, Mapping) else {}

    def fields(self, schema: Any, *, strict: bool, function: str) -> list[Field]:
        """The properties of an object, in their order.

        Raises ``BadRequest`` for an object that a strict function cannot be held to.
        """
        whole = self.resolved(schema)
        if strict:
            check_known(whole, "object", function=function)
        properties = whole.get("properties")
        required = whole.get("required") or ()
        if not isinstance(properties, Mapping):
            return []
        return [Field(str(key), each, key in required) for key, each in properties.items()]

    def is_open(self, schema: Any) -> bool:
        """Whether an object may have any fields, because none is named and none forbidden."""
        whole = self.resolved(schema)
        return not whole.get("properties") and whole.get("additionalProperties") is not False

    def _at(self, reference: str) -> Any:
        found: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


def values_of(schema: Schema) -> list[Any] | None:
    """The values that a schema lists."""
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else None


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if value == value // 1 else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def check_known(schema: Schema, type_name: str, *, function: str) -> None:
    """Raise ``BadRequest`` for a keyword that no grammar of ours follows."""
    unknown = schema.keys() - _SAID - _OF_TYPE.get(type_name, frozenset())
    if unknown:
        refuse(function, sorted(unknown)[0])


def refuse(function: str, keyword: str) -> None:
    """Raise ``BadRequest`` for what a strict function cannot be held to."""
    raise BadRequest(
        f"The function {function!r} cannot be strict: in this model's format of calls, which is "
        f"not JSON, \"{keyword}\" cannot be enforced. Leave it out, or leave out 'strict'.",
        param="tools",
    )
