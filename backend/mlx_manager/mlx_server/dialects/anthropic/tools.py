"""Tools and the choice among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlx_manager.mlx_server.core.request import ToolChoice
from mlx_manager.mlx_server.dialects.openai.functions import check_name, is_of_another_kind
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

Tool = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolSet:
    """The tools that the model is shown, in the form that chat templates take, and the choice."""

    tools: tuple[Tool, ...] = ()
    choice: ToolChoice = field(default_factory=ToolChoice)


def read_tools(tools: Sequence[Any] | None, tool_choice: Any) -> ToolSet:
    """Read both.

    Kinds of tool that Anthropic runs or has trained its own models on (``web_search_...``,
    ``bash_...``) are passed over. Raises ``BadRequest``.
    """
    read = tuple(
        _read_tool(tool, f"tools[{at}]")
        for at, tool in enumerate(tools or ())
        if not is_of_another_kind(tool, "custom")
    )
    if tool_choice is None:
        return ToolSet(read)
    kind = tool_choice.get("type") if isinstance(tool_choice, dict) else None
    if kind not in ("auto", "any", "tool", "none"):
        raise BadRequest(
            f"'tool_choice.type' must be one of auto, any, tool, none; got {shown(kind)}.",
            param="tool_choice.type",
        )
    if kind == "none":
        return ToolSet()
    parallel = tool_choice.get("disable_parallel_tool_use") is not True
    if kind == "auto":
        return ToolSet(read, ToolChoice(parallel=parallel))
    check(
        bool(read),
        f"'tool_choice' of type {kind!r} needs a tool in 'tools' that the model can call.",
        "tool_choice",
    )
    name = _named(tool_choice.get("name"), read) if kind == "tool" else None
    return ToolSet(read, ToolChoice(required=True, name=name, parallel=parallel))


def _named(name: Any, tools: tuple[Tool, ...]) -> str:
    known = [str(tool["function"]["name"]) for tool in tools]
    check(
        name in known,
        f"'tool_choice.name' must be one of the tools ({', '.join(known)[:200]}); "
        f"got {shown(name)}.",
        "tool_choice.name",
    )
    return str(name)


def _read_tool(tool: Any, param: str) -> Tool:
    if not isinstance(tool, dict):
        raise BadRequest(
            f'{param} must be an object {{"name", "description", "input_schema"}}; '
            f"got {shown(tool)}.",
            param=param,
        )
    check_name(tool, param)
    schema = tool.get("input_schema")
    check(
        isinstance(schema, dict),
        f"{param}.input_schema must be a JSON Schema object; got {shown(schema)}.",
        f"{param}.input_schema",
    )
    description = tool.get("description") or ""
    function = {"name": tool["name"], "description": description, "parameters": schema}
    if tool.get("strict") is True:
        function["strict"] = True
    return {"type": "function", "function": function}
