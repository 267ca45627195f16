"""What was learned on top of a model (LoRA, DoRA, whole weights), put where it belongs."""

from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.engine.encoder import Encoder
from mlx_manager.mlx_server.errors import InvalidModel

_MOST_SHOWN = 300


def put_on(model: Any, adapter: Path) -> None:
    """Change ``model`` as the directory ``adapter`` says; nothing is evaluated yet.

    Raises ``InvalidModel`` naming the adapter and the reason it does not fit.
    """
    if isinstance(model, Encoder):
        raise _refused(adapter, "adapters are for models that generate, and this one is an encoder")
    # It brings a trainer and its progress bars, which models without adapters do without.
    from mlx_lm.tuner.utils import load_adapters  # noqa: PLC0415

    try:
        load_adapters(model, str(adapter))
    except Exception as error:  # what mlx-lm raises depends on what does not fit
        raise _refused(adapter, _reason(error)) from error
    # The layers that were put in begin in training mode, where dropout is at work.
    model.eval()


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, KeyError):
        text = f"the field {error} is missing"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _refused(adapter: Path, reason: str) -> InvalidModel:
    return InvalidModel(f"{adapter}: the adapter does not fit the model: {reason}", param="adapter")
