"""Tools and the choice among them -> what the chat template takes, and what is enforced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.request import ToolChoice
from mlx_manager.mlx_server.dialects.openai.functions import (
    NO_ARGUMENTS,
    check_function,
    is_of_another_kind,
)
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

_PARAM = "tool_choice"


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The functions that the model is shown, and whether it must call one."""

    tools: tuple[Mapping[str, Any], ...]
    choice: ToolChoice


def read_toolbox(body: ChatBody) -> Toolbox:
    """Tools and choice of a chat body; ``tool_choice`` none shows no tools.

    Kinds of tool that only a hosted service can run are passed over. Raises ``BadRequest``.
    """
    tools = read_tools(body.tools)
    choice, parallel = body.tool_choice, body.parallel_tool_calls is not False
    if isinstance(choice, dict) and choice.get("type") == "allowed_tools":
        tools, choice = _allowed(tools, choice.get("allowed_tools"))
    if choice is None or choice == "auto":
        return Toolbox(tools, ToolChoice(parallel=parallel))
    if choice == "none":
        return Toolbox((), ToolChoice())
    if choice == "required":
        check(
            bool(tools), f"'{_PARAM}' is \"required\", and 'tools' has no function to call.", _PARAM
        )
        return Toolbox(tools, ToolChoice(required=True, parallel=parallel))
    name = _read_name(choice, _PARAM)
    _check_known(name, tools, f"{_PARAM}.function.name")
    # OpenAI calls a named function once.
    return Toolbox(tools, ToolChoice(required=True, name=name, parallel=False))


def read_tools(tools: Sequence[Any] | None) -> tuple[Mapping[str, Any], ...]:
    """The functions among the tools. Raises ``BadRequest`` naming the one that is wrong."""
    return tuple(
        _read_tool(tool, f"tools[{at}]")
        for at, tool in enumerate(tools or ())
        if not is_of_another_kind(tool, "function")
    )


def _allowed(
    tools: tuple[Mapping[str, Any], ...], allowed: Any
) -> tuple[tuple[Mapping[str, Any], ...], str]:
    """The tools that this turn may use, and "auto" or "required"."""
    param = f"{_PARAM}.allowed_tools"
    mode = allowed.get("mode") if isinstance(allowed, dict) else None
    listed = allowed.get("tools") if isinstance(allowed, dict) else None
    if mode not in ("auto", "required") or not isinstance(listed, list):
        raise BadRequest(
            f'\'{param}\' must be an object {{"mode": "auto" or "required", "tools": [...]}}.',
            param=param,
        )
    names = [_read_name(tool, f"{param}.tools[{at}]") for at, tool in enumerate(listed)]
    for name in names:
        _check_known(name, tools, f"{param}.tools")
    return tuple(tool for tool in tools if tool["function"]["name"] in names), mode


def _read_name(choice: Any, param: str) -> str:
    function = choice.get("function") if isinstance(choice, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str):
        raise BadRequest(
            f'\'{param}\' must be "none", "auto", "required" or '
            f'{{"type": "function", "function": {{"name": ...}}}}; got {shown(choice)}.',
            param=param,
        )
    return name


def _check_known(name: str, tools: tuple[Mapping[str, Any], ...], param: str) -> None:
    known = [str(tool["function"]["name"]) for tool in tools]
    there = ", ".join(known[:8]) or "none"
    check(name in known, f"'{param}' is {shown(name)}, which is not among 'tools': {there}.", param)


def _read_tool(tool: Any, param: str) -> Mapping[str, Any]:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        raise BadRequest(
            f'{param} must be an object {{"type": "function", "function": {{...}}}}.', param=param
        )
    check_function(function, f"{param}.function")
    parameters = function.get("parameters") or NO_ARGUMENTS
    return {"type": "function", "function": {**function, "parameters": parameters}}
