"""JSON Schemas of the fields that are read by hand, for the OpenAPI document."""

from typing import Any

from pydantic import WithJsonSchema

_TEXT: dict[str, Any] = {"type": "string"}
_NULL: dict[str, Any] = {"type": "null"}
_OBJECTS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}


def _kind(kind: str, required: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": kind}, **properties},
        "required": ["type", *required],
    }


_MESSAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"const": "message"},
        "role": {"enum": ["user", "assistant", "system", "developer"]},
        "content": {"anyOf": [_TEXT, _OBJECTS]},
    },
    "required": ["role", "content"],
}
_ITEMS: dict[str, Any] = {
    "type": "array",
    "items": {
        "anyOf": [
            _MESSAGE,
            _kind("function_call", ("call_id", "name"), call_id=_TEXT, name=_TEXT, arguments=_TEXT),
            _kind(
                "function_call_output",
                ("call_id", "output"),
                call_id=_TEXT,
                output={"anyOf": [_TEXT, _OBJECTS]},
            ),
            _kind("reasoning", summary=_OBJECTS, content=_OBJECTS, encrypted_content=_TEXT),
            _kind("item_reference", ("id",), id=_TEXT),
        ]
    },
}
_FUNCTION = _kind(
    "function",
    ("name",),
    name={"type": "string", "minLength": 1, "maxLength": 256},
    description=_TEXT,
    parameters={"type": "object"},
    strict={"type": ["boolean", "null"]},
)

INPUT = WithJsonSchema({"anyOf": [_TEXT, _ITEMS, _NULL]})
TOOLS = WithJsonSchema({"anyOf": [{"type": "array", "items": _FUNCTION}, _NULL]})
TOOL_CHOICE = WithJsonSchema(
    {
        "anyOf": [
            {"enum": ["none", "auto", "required"]},
            _kind("function", ("name",), name=_TEXT),
            _kind(
                "allowed_tools",
                ("mode", "tools"),
                mode={"enum": ["auto", "required"]},
                tools=_OBJECTS,
            ),
            _NULL,
        ]
    }
)
FORMAT = WithJsonSchema(
    {
        "anyOf": [
            _kind("text"),
            _kind("json_object"),
            _kind(
                "json_schema",
                ("schema",),
                name=_TEXT,
                schema={"type": "object"},
                strict={"type": ["boolean", "null"]},
            ),
            _NULL,
        ]
    }
)
