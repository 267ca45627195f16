"""What every dialect's tool says of its function: a name, a description, a schema, strictness."""

from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.dialects.openai.validation import check, shown

NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}


def is_of_another_kind(tool: Any, own: str) -> bool:
    """Whether only a hosted service could run this tool; one without a type is ``own``."""
    kind = tool.get("type") if isinstance(tool, dict) else None
    return isinstance(kind, str) and kind != own


def check_name(function: Mapping[str, Any], param: str) -> None:
    """Name and description. Raises ``BadRequest`` naming the field of ``param``."""
    name, description = function.get("name"), function.get("description")
    check(
        isinstance(name, str) and 0 < len(name) <= 256,
        f"{param}.name must be a string of 1 to 256 characters; got {shown(name)}.",
        f"{param}.name",
    )
    check(
        description is None or isinstance(description, str),
        f"{param}.description must be a string; got {shown(description)}.",
        f"{param}.description",
    )


def check_function(function: Mapping[str, Any], param: str) -> None:
    """All four as OpenAI has them. Raises ``BadRequest`` naming the field of ``param``."""
    check_name(function, param)
    strict, parameters = function.get("strict"), function.get("parameters")
    check(
        strict is None or isinstance(strict, bool),
        f"{param}.strict must be true or false; got {shown(strict)}.",
        f"{param}.strict",
    )
    check(
        parameters is None or isinstance(parameters, dict),
        f"{param}.parameters must be a JSON Schema object; got {shown(parameters)}.",
        f"{param}.parameters",
    )
