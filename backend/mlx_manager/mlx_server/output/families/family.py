"""One family: how its calls are written and marked."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.mlx_server.output.families.call_form import CallForm
from mlx_manager.mlx_server.output.families.frame import Frame

_ALPHANUMERIC = string.ascii_letters + string.digits


def openai_id() -> str:
    """As OpenAI's API makes them."""
    return f"call_{secrets.token_hex(12)}"


def mistral_id() -> str:
    """Mistral's templates refuse any but nine letters and digits."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(9))


@dataclass(frozen=True, slots=True)
class Family:
    """``opening`` stands before the first call, ``between`` two, ``closing`` after the last,
    markers included; ``between`` is None where an answer has one call at most.

    ``frame``: the answer's parts have headers. ``dropped``: markup that means nothing to a reader.
    """

    form: CallForm
    opening: str
    between: str | None
    closing: str = ""
    frame: Frame | None = None
    dropped: tuple[str, ...] = ()
    fresh_id: Callable[[], str] = openai_id
