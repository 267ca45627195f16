"""Read a body against its schema; what is wrong becomes one sentence that names the field."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mlx_manager.mlx_server.errors import BadRequest

Body = TypeVar("Body", bound=BaseModel)


def read_body(schema: type[Body], body: Mapping[str, Any]) -> Body:
    """The body as ``schema``.

    Raises ``BadRequest`` for the first field that is wrong.
    """
    try:
        return schema.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        param = field_path(first["loc"])
        if first["type"] == "missing":
            message = f"'{param}' is required and was not given."
        else:
            wanted = first["msg"][:1].lower() + first["msg"][1:]
            message = f"Invalid '{param}': {wanted}; got {shown(first['input'])}."
        raise BadRequest(message, param=param) from None


def field_path(location: tuple[int | str, ...]) -> str:
    """``("messages", 0, "content")`` as ``messages[0].content``."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def shown(value: Any) -> str:
    """A value as a person may see it in an error: its kind, and itself where it is short."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of more than 18 digits"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def check(holds: bool, message: str, param: str) -> None:
    """Raise ``BadRequest`` with ``message`` unless ``holds``."""
    if not holds:
        raise BadRequest(message, param=param)
