"""Which models a caller may name."""

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.errors import ModelNotFound

_MOST_SHOWN = 8


def check_access(caller: Principal, model: ModelId) -> None:
    """Raise ``ModelNotFound`` for a model that this caller's key is not for, whether or not it
    exists: ``/v1/models`` does not show it either."""
    if caller.may_use(model):
        return
    allowed = caller.allowed_models or ()
    shown = ", ".join(allowed[:_MOST_SHOWN]) + (" and more" if len(allowed) > _MOST_SHOWN else "")
    raise ModelNotFound(
        f"This API key is not for the model {str(model)[:200]!r}. It is for: {shown}. Use one of "
        "those, or another key.",
        param="model",
    )
