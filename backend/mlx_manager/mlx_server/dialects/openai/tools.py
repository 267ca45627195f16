"""Tools and the choice among them -> what the chat template takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest


def read_tools(tools: Sequence[Any] | None, tool_choice: Any) -> tuple[Mapping[str, Any], ...]:
    """The functions that the model is shown: none with ``tool_choice`` none.

    Kinds of tool that only a hosted service can run are passed over. Raises ``BadRequest``.
    """
    functions = tuple(
        _read_tool(tool, f"tools[{at}]")
        for at, tool in enumerate(tools or ())
        if not _is_of_another_kind(tool)
    )
    if tool_choice is None or tool_choice == "auto":
        return functions
    if tool_choice == "none":
        return ()
    raise BadRequest(
        f'\'tool_choice\' must be "auto" or "none"; got {shown(tool_choice)}. '
        "This version does not force a call: leave the choice to the model and ask for the call "
        "in the prompt.",
        param="tool_choice",
    )


def _is_of_another_kind(tool: Any) -> bool:
    kind = tool.get("type") if isinstance(tool, dict) else None
    return isinstance(kind, str) and kind != "function"


def _read_tool(tool: Any, param: str) -> Mapping[str, Any]:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        raise BadRequest(
            f'{param} must be an object {{"type": "function", "function": {{...}}}}.', param=param
        )
    name = function.get("name")
    check(
        isinstance(name, str) and 0 < len(name) <= 256,
        f"{param}.function.name must be a string of 1 to 256 characters; got {shown(name)}.",
        f"{param}.function.name",
    )
    description = function.get("description")
    check(
        description is None or isinstance(description, str),
        f"{param}.function.description must be a string; got {shown(description)}.",
        f"{param}.function.description",
    )
    parameters = function.get("parameters")
    check(
        parameters is None or isinstance(parameters, dict),
        f"{param}.function.parameters must be a JSON Schema object; got {shown(parameters)}.",
        f"{param}.function.parameters",
    )
    return {"type": "function", "function": {**function, "parameters": parameters or _NO_ARGUMENTS}}


_NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}
