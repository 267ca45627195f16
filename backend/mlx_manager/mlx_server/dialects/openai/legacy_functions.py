"""``functions`` and ``function_call``: how chat completions had one tool call before ``tools``.

OpenAI's reference still lists them, as deprecated; a request in their form is answered in it.
"""

from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.request import ToolCall
from mlx_manager.mlx_server.dialects.openai.functions import check_function
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

FINISHED = "function_call"
"""The ``finish_reason`` of an answer that is a call."""


def as_tools(body: ChatBody) -> ChatBody:
    """A body with ``functions`` as the same one with ``tools``, others as they are.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    if body.functions is None:
        check(
            body.function_call in (None, "none", "auto"),
            "'function_call' needs 'functions', the functions to call.",
            "function_call",
        )
        return body
    check(body.tools is None, "'functions' is what 'tools' was. Send only 'tools'.", "functions")
    for at, function in enumerate(body.functions):
        check(
            isinstance(function, dict),
            f"functions[{at}] must be an object; got {shown(function)}.",
            f"functions[{at}]",
        )
        check_function(function, f"functions[{at}]")
    tools = [{"type": "function", "function": function} for function in body.functions]
    changes = {
        "tools": tools,
        "tool_choice": _choice(body.function_call, [each["name"] for each in body.functions]),
        "parallel_tool_calls": False,
    }
    return body.model_copy(update=changes)


def _choice(wanted: Any, names: list[str]) -> Any:
    if wanted in (None, "auto", "none"):
        return wanted
    name = wanted.get("name") if isinstance(wanted, Mapping) else None
    check(
        name in names,
        '\'function_call\' must be "none", "auto" or {"name": ...} with the name of one of '
        f"'functions'; got {shown(wanted if name is None else name)}.",
        "function_call",
    )
    return {"type": "function", "function": {"name": name}}


def read_call(call: Any, param: str) -> Mapping[str, Any] | None:
    """The ``function_call`` of an assistant's earlier turn, as one of ``tool_calls``.

    Raises ``BadRequest`` for anything but an object or null.
    """
    if call is None:
        return None
    if not isinstance(call, Mapping):
        raise BadRequest(f"{param} must be an object; got {shown(call)}.", param=param)
    return {"id": f"call_{call.get('name')}", "type": "function", "function": call}


def told_call(call: ToolCall) -> dict[str, str]:
    """A call as the answer has it."""
    return {"name": call.name, "arguments": call.arguments}
