"""Tools and the choice among them, as Responses writes them (flat), for the chat template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.request import ToolChoice
from mlx_manager.mlx_server.dialects.openai.functions import (
    NO_ARGUMENTS,
    check_function,
    is_of_another_kind,
)
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

_MODES = ("auto", "none", "required")


@dataclass(frozen=True, slots=True)
class ToolSet:
    """``functions`` are those the model may call, in chat's nested form, and ``choice`` whether it
    must. ``told`` and ``told_choice`` are both as the reply repeats them."""

    functions: tuple[Mapping[str, Any], ...]
    choice: ToolChoice
    told: tuple[Mapping[str, Any], ...]
    told_choice: Any


def read_tool_set(
    tools: Sequence[Any] | None, tool_choice: Any, *, parallel: bool = True
) -> ToolSet:
    """Read both. Kinds of tool that only a hosted service can run are passed over, and so is a
    choice of one. Raises ``BadRequest`` naming the field."""
    told = tuple(
        _read_tool(tool, f"tools[{at}]")
        for at, tool in enumerate(tools or ())
        if not is_of_another_kind(tool, "function")
    )
    names = [tool["name"] for tool in told]
    wanted = "auto" if tool_choice is None else tool_choice
    if isinstance(wanted, str):
        check(
            wanted in _MODES,
            f"'tool_choice' must be one of {', '.join(_MODES)}, or an object; got {shown(wanted)}.",
            "tool_choice",
        )
        allowed = [] if wanted == "none" else names
        choice = ToolChoice(required=wanted == "required", parallel=parallel)
    else:
        allowed, choice = _read_choice(wanted, names, parallel)
    check(
        not choice.required or bool(allowed),
        "'tool_choice' asks for a call, but 'tools' has no function to call.",
        "tool_choice",
    )
    functions = tuple(_nested(tool) for tool in told if tool["name"] in allowed)
    return ToolSet(functions, choice, told, wanted)


def _read_choice(choice: Any, names: Sequence[str], parallel: bool) -> tuple[list[str], ToolChoice]:
    """The functions that may be called, and whether one must be."""
    kind = choice.get("type") if isinstance(choice, dict) else None
    if not isinstance(kind, str):
        raise BadRequest(
            f"'tool_choice' must be one of {', '.join(_MODES)}, or an object with a \"type\"; "
            f"got {shown(choice)}.",
            param="tool_choice",
        )
    if kind == "function":
        name = _known(choice.get("name", choice.get("function")), names, "tool_choice.name")
        # OpenAI calls a named function once.
        return list(names), ToolChoice(required=True, name=name, parallel=False)
    if kind != "allowed_tools":
        return list(names), ToolChoice(parallel=parallel)
    mode, tools = choice.get("mode", "auto"), choice.get("tools")
    check(
        mode in ("auto", "required"),
        f"'tool_choice.mode' must be auto or required; got {shown(mode)}.",
        "tool_choice.mode",
    )
    if not isinstance(tools, list):
        raise BadRequest("'tool_choice.tools' must be a list.", param="tool_choice.tools")
    allowed = [
        _known(tool.get("name"), names, f"tool_choice.tools[{at}].name")
        for at, tool in enumerate(tools)
        if isinstance(tool, dict) and tool.get("type", "function") == "function"
    ]
    return allowed, ToolChoice(required=mode == "required", parallel=parallel)


def _known(name: Any, names: Sequence[str], param: str) -> str:
    if isinstance(name, dict):  # chat's nested form, which some clients send here too
        name = name.get("name")
    if not isinstance(name, str) or name not in names:
        there_are = ", ".join(names[:20]) or "none"
        raise BadRequest(
            f"'{param}' must be the name of a function in 'tools' ({there_are}); "
            f"got {shown(name)}.",
            param=param,
        )
    return name


def _read_tool(tool: Any, param: str) -> Mapping[str, Any]:
    if not isinstance(tool, dict):
        raise BadRequest(
            f'{param} must be an object {{"type": "function", "name", "parameters"}}.', param=param
        )
    nested = tool.get("function")
    function = nested if isinstance(nested, dict) else tool
    check_function(function, param)
    fields = ("name", "description", "parameters", "strict")
    return {"type": "function", **{field: function.get(field) for field in fields}}


def _nested(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = {key: value for key, value in tool.items() if key != "type" and value is not None}
    return {
        "type": "function",
        "function": {**function, "parameters": tool["parameters"] or NO_ARGUMENTS},
    }
