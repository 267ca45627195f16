"""The ``input`` of a body -> items as they are kept and listed: checked, complete, each with an id.

Items of kinds that only a hosted service makes (web searches, computer calls) are passed over.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.dialects.responses.ids import input_item_id
from mlx_manager.mlx_server.errors import BadRequest

Item = Mapping[str, Any]

_ROLES = ("user", "assistant", "system", "developer")
_TEXT_PARTS = {
    "input_text": "text",
    "output_text": "text",
    "text": "text",
    "refusal": "refusal",
}
_SEALED = "mlx1."


def read_items(given: Any, response_id: str) -> tuple[Item, ...]:
    """A string or a list of items; null is none.

    Raises ``BadRequest`` naming the item and its field.
    """
    if given is None:
        return ()
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if not isinstance(given, list):
        raise BadRequest(
            f"'input' must be a string or a list of items; got {shown(given)}.", param="input"
        )
    items: list[Item] = []
    for at, item in enumerate(given):
        param = f"input[{at}]"
        if not isinstance(item, dict):
            raise BadRequest(f"{param} must be an object; got {shown(item)}.", param=param)
        reader = _READERS.get(_kind_of(item, param))
        if reader is not None:
            prefix, read = reader
            own = item.get("id")
            name = own if isinstance(own, str) and own else input_item_id(prefix, response_id, at)
            items.append({"id": name, **read(item, param)})
    return tuple(items)


def _kind_of(item: Item, param: str) -> str:
    kind = item.get("type")
    if kind is None:
        kind = "message" if "role" in item else None
    if not isinstance(kind, str):
        raise BadRequest(
            f'{param} must have a "type" or a "role"; got type {shown(kind)}.',
            param=f"{param}.type",
        )
    return kind


def _read_message(item: Item, param: str) -> dict[str, Any]:
    role = item.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise BadRequest(
            f"{param}.role must be one of {', '.join(_ROLES)}; got {shown(role)}.",
            param=f"{param}.role",
        )
    kind = "output_text" if role == "assistant" else "input_text"
    texts = _read_texts(item.get("content"), f"{param}.content")
    return {
        "type": "message",
        "status": "completed",
        "role": role,
        "content": [
            {"type": kind, "text": text, **({"annotations": []} if role == "assistant" else {})}
            for text in texts
        ],
    }


def _read_texts(content: Any, param: str) -> list[str]:
    if isinstance(content, str):
        return [content]
    if not isinstance(content, list):
        raise BadRequest(
            f"{param} must be a string or a list of text parts; got {shown(content)}.", param=param
        )
    return [_read_part(part, f"{param}[{at}]") for at, part in enumerate(content)]


def _read_part(part: Any, param: str) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(kind, str):
        raise BadRequest(f'{param} must be an object with a "type".', param=param)
    if kind not in _TEXT_PARTS:
        raise BadRequest(
            f"{param} is of type {shown(kind)}: this model takes text only, as the capability "
            "'vision' is not served yet. Send input_text parts.",
            param=param,
        )
    return _text(part, _TEXT_PARTS[kind], param)


def _read_call(item: Item, param: str) -> dict[str, Any]:
    arguments = item.get("arguments")
    if isinstance(arguments, dict):
        arguments = json.dumps(arguments, ensure_ascii=False)
    check(
        arguments is None or isinstance(arguments, str),
        f"{param}.arguments must be a string of JSON; got {shown(arguments)}.",
        f"{param}.arguments",
    )
    name = _text(item, "name", param)
    check(bool(name), f"{param}.name must not be empty.", f"{param}.name")
    return {
        "type": "function_call",
        "status": "completed",
        "call_id": _text(item, "call_id", param),
        "name": name,
        "arguments": arguments or "{}",
    }


def _read_output(item: Item, param: str) -> dict[str, Any]:
    return {
        "type": "function_call_output",
        "status": "completed",
        "call_id": _text(item, "call_id", param),
        "output": "\n".join(_read_texts(item.get("output"), f"{param}.output")),
    }


def _read_reasoning(item: Item, param: str) -> dict[str, Any]:
    content = _thoughts(item.get("content"), f"{param}.content")
    if not content:
        content = unseal(item.get("encrypted_content"))
    summary = _thoughts(item.get("summary"), f"{param}.summary")
    return {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": text} for text in summary],
        "content": [{"type": "reasoning_text", "text": text} for text in content],
    }


def _thoughts(parts: Any, param: str) -> list[str]:
    if parts is None:
        return []
    check(isinstance(parts, list), f"{param} must be a list; got {shown(parts)}.", param)
    for at, part in enumerate(parts):
        check(isinstance(part, dict), f"{param}[{at}] must be an object.", f"{param}[{at}]")
    return [_text(part, "text", f"{param}[{at}]") for at, part in enumerate(parts)]


def seal(reasoning: str) -> str:
    """Reasoning as ``encrypted_content``, for clients that give back nothing else.

    It is packed, not secret: what a local model thought is its owner's to read.
    """
    return _SEALED + base64.urlsafe_b64encode(reasoning.encode()).decode()


def unseal(sealed: Any) -> list[str]:
    """What ``seal`` packed; nothing for another server's secrets."""
    if not isinstance(sealed, str) or not sealed.startswith(_SEALED):
        return []
    try:
        packed = sealed.removeprefix(_SEALED)
        return [base64.b64decode(packed, altchars=b"-_", validate=True).decode()]
    except ValueError:
        return []


def _text(item: Item, field: str, param: str) -> str:
    value = item.get(field)
    if not isinstance(value, str):
        raise BadRequest(
            f"{param}.{field} must be a string; got {shown(value)}.", param=f"{param}.{field}"
        )
    return value


_READERS: Mapping[str, tuple[str, Callable[[Item, str], dict[str, Any]]]] = {
    "message": ("msg", _read_message),
    "function_call": ("fc", _read_call),
    "function_call_output": ("fco", _read_output),
    "reasoning": ("rs", _read_reasoning),
}


def is_reference(item: Any) -> bool:
    """``{"type": "item_reference", "id": ...}``; the type may be left out."""
    return (
        isinstance(item, dict)
        and isinstance(item.get("id"), str)
        and (item.get("type") == "item_reference" or item.keys() == {"id"})
    )
