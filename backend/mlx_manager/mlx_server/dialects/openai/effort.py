"""``reasoning_effort``, the same word in chat and in responses."""

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.dialects.openai.validation import shown
from mlx_manager.mlx_server.errors import BadRequest


def read_effort(word: str | None, field: str) -> Effort | None:
    """None leaves thinking to the model's own template. Raises ``BadRequest`` naming ``field``."""
    if word is None:
        return None
    try:
        return Effort(word)
    except ValueError:
        raise BadRequest(
            f"'{field}' must be one of {', '.join(Effort)}; got {shown(word)}.", param=field
        ) from None


def thinking_switch(effort: Effort | None) -> dict[str, bool]:
    """The template argument that switches thinking, as most templates call it."""
    return {} if effort is None else {"enable_thinking": effort.thinks}
