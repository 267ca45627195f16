"""Which models a caller may name."""

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.errors import AdapterNotFound, ModelNotFound

_MOST_SHOWN = 8


def check_access(caller: Principal, model: ModelId, adapter: str | None = None) -> None:
    """Raise ``ModelNotFound`` for a model that this caller's key is not for, whether or not it
    exists: ``/v1/models`` does not show it either. An ``adapter`` makes another model of it, and
    must be one of those that the key is for: ``AdapterNotFound``."""
    allowed = caller.allowed_models or ()
    shown = ", ".join(allowed[:_MOST_SHOWN]) + (" and more" if len(allowed) > _MOST_SHOWN else "")
    remedy = f"It is for: {shown}. Use one of those, or another key."
    if not caller.may_use(model):
        raise ModelNotFound(
            f"This API key is not for the model {str(model)[:200]!r}. {remedy}", param="model"
        )
    if adapter is not None and not caller.may_use(adapter):
        raise AdapterNotFound(
            f"This API key is not for the adapter {adapter[:200]!r}. {remedy}", param="adapter"
        )
