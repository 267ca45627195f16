"""Chat messages of a body -> ``core.request.Message``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.request import Message, ToolCall
from mlx_manager.mlx_server.dialects.openai.legacy_functions import read_call
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_TEXT_PARTS = {"text": "text", "input_text": "text", "output_text": "text", "refusal": "refusal"}


def read_messages(messages: Sequence[Any]) -> tuple[Message, ...]:
    """All turns, in order.

    Raises ``BadRequest`` naming the turn and its field.
    """
    return tuple(_read_message(item, f"messages[{at}]") for at, item in enumerate(messages))


def _read_message(item: Any, param: str) -> Message:
    check(isinstance(item, dict), f"{param} must be an object; got {shown(item)}.", param)
    role = item.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        allowed = ", ".join(_ROLES)
        raise BadRequest(
            f"{param}.role must be one of {allowed}; got {shown(role)}.", param=f"{param}.role"
        )
    calls, legacy = item.get("tool_calls"), f"{param}.function_call"
    tool_calls = _read_calls(calls, f"{param}.tool_calls")
    if not tool_calls and (call := read_call(item.get("function_call"), legacy)) is not None:
        tool_calls = (_read_call(call, legacy),)
    tool_call_id = _optional_text(item, "tool_call_id", param)
    check(
        role != "tool" or tool_call_id is not None,
        f"{param}.tool_call_id is required: it names the call that this result answers.",
        f"{param}.tool_call_id",
    )
    return Message(
        role=_ROLES[role],
        content=_read_content(item.get("content"), role, f"{param}.content"),
        reasoning=_optional_text(item, "reasoning_content", param)
        or _optional_text(item, "reasoning", param),
        tool_calls=tool_calls if role == "assistant" else (),
        tool_call_id=tool_call_id,
        name=_optional_text(item, "name", param),
    )


def _read_content(content: Any, role: str, param: str) -> str:
    """A string, or the texts of its parts, one a line. Only an assistant may say nothing."""
    if isinstance(content, str):
        return content
    if content is None and role in ("assistant", "function"):
        return ""
    if not isinstance(content, list) or not (content or role == "assistant"):
        raise BadRequest(
            f"{param} must be a string or a list of text parts; got {shown(content)}.", param=param
        )
    return "\n".join(_read_part(part, f"{param}[{at}]") for at, part in enumerate(content))


def _read_part(part: Any, param: str) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(kind, str):
        raise BadRequest(f'{param} must be an object with a "type".', param=param)
    if kind not in _TEXT_PARTS:
        raise BadRequest(
            f"{param} is of type {shown(kind)}: this model takes text only, as the capability "
            "'vision' is not served yet. Send text parts.",
            param=param,
        )
    field = _TEXT_PARTS[kind]
    text = part.get(field)
    if not isinstance(text, str):
        raise BadRequest(
            f"{param}.{field} must be a string; got {shown(text)}.", param=f"{param}.{field}"
        )
    return text


def _read_calls(calls: Any, param: str) -> tuple[ToolCall, ...]:
    if calls is None:
        return ()
    check(isinstance(calls, list), f"{param} must be a list; got {shown(calls)}.", param)
    return tuple(_read_call(call, f"{param}[{at}]") for at, call in enumerate(calls))


def _read_call(call: Any, param: str) -> ToolCall:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        raise BadRequest(
            f'{param} must be an object {{"id", "type": "function", "function": {{...}}}}.',
            param=param,
        )
    call_id, name = call.get("id"), function.get("name")
    if not isinstance(call_id, str):
        raise BadRequest(f"{param}.id must be a string.", param=f"{param}.id")
    if not isinstance(name, str) or not name:
        raise BadRequest(
            f"{param}.function.name must be a string that is not empty.",
            param=f"{param}.function.name",
        )
    arguments = _read_arguments(function.get("arguments"), f"{param}.function.arguments")
    return ToolCall(id=call_id, name=name, arguments=arguments)


def _read_arguments(arguments: Any, param: str) -> str:
    """A JSON text; nothing at all is the empty object."""
    if arguments is None or arguments == "":
        return "{}"
    if isinstance(arguments, dict):
        return json.dumps(arguments, ensure_ascii=False)
    try:
        check(isinstance(arguments, str), f"{param} must be a string of JSON.", param)
        json.loads(arguments)
    except (ValueError, RecursionError):
        raise BadRequest(f"{param} is not valid JSON.", param=param) from None
    return str(arguments)


def _optional_text(item: Mapping[str, Any], field: str, param: str) -> str | None:
    value = item.get(field)
    check(
        value is None or isinstance(value, str),
        f"{param}.{field} must be a string; got {shown(value)}.",
        f"{param}.{field}",
    )
    return value
