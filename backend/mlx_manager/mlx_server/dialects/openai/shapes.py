"""JSON Schemas of the fields that are read by hand, for the OpenAPI document."""

from typing import Any

from pydantic import WithJsonSchema

_TEXT: dict[str, Any] = {"type": "string"}
_NULL: dict[str, Any] = {"type": "null"}
_IDS: dict[str, Any] = {"type": "array", "items": {"type": "integer", "minimum": 0}}
_OBJECT: dict[str, Any] = {"type": "object"}


def _either(*shapes: dict[str, Any], description: str = "") -> WithJsonSchema:
    return WithJsonSchema(
        {"anyOf": list(shapes), **({"description": description} if description else {})}
    )


def _kind(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": name}, **properties},
        "required": ["type", *properties],
    }


_FUNCTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 256},
        "description": _TEXT,
        "parameters": _OBJECT,
        "strict": {"type": ["boolean", "null"]},
    },
    "required": ["name"],
}
_NAMED: dict[str, Any] = {
    "type": "object",
    "properties": {"name": _TEXT},
    "required": ["name"],
}
_MESSAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "role": {"enum": ["system", "developer", "user", "assistant", "tool", "function"]},
        "content": {"anyOf": [_TEXT, {"type": "array", "items": _OBJECT}, _NULL]},
        "name": _TEXT,
        "tool_calls": {"type": "array", "items": _OBJECT},
        "tool_call_id": _TEXT,
    },
    "required": ["role"],
}
_JSON_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": _TEXT,
        "description": _TEXT,
        "schema": _OBJECT,
        "strict": {"type": ["boolean", "null"]},
    },
    "required": ["schema"],
}
_ALLOWED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "mode": {"enum": ["auto", "required"]},
        "tools": {"type": "array", "items": _OBJECT},
    },
    "required": ["mode", "tools"],
}

TEXT = _either(_TEXT, _NULL)
STOP = _either(
    _TEXT,
    {"type": "array", "items": {**_TEXT, "minLength": 1, "maxLength": 1024}, "maxItems": 16},
    _NULL,
)
PROMPT = _either(
    {**_TEXT, "minLength": 1},
    {"type": "array", "items": {"anyOf": [_TEXT, _IDS]}, "minItems": 1},
    {**_IDS, "minItems": 1},
    description="A text, token ids, or a list of either.",
)
LOGIT_BIAS = _either(
    {
        "type": "object",
        "propertyNames": {"pattern": "^[0-9]+$"},
        "additionalProperties": {"type": "number", "minimum": -100, "maximum": 100},
    },
    _NULL,
    description="Token id to what is added to its logit.",
)
RESPONSE_FORMAT = _either(
    _kind("text"), _kind("json_object"), _kind("json_schema", json_schema=_JSON_SCHEMA), _NULL
)
GUIDED_JSON = _either(_OBJECT, _TEXT, _NULL, description="A JSON Schema, or the text of one.")
MESSAGES = WithJsonSchema({"type": "array", "items": _MESSAGE, "minItems": 1})
TOOLS = _either({"type": "array", "items": _kind("function", function=_FUNCTION)}, _NULL)
TOOL_CHOICE = _either(
    {"enum": ["none", "auto", "required"]},
    _kind("function", function=_NAMED),
    _kind("allowed_tools", allowed_tools=_ALLOWED),
    _NULL,
)
