"""Weights from disk to memory, a piece at a time, so that resident models go on answering."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx.utils import tree_flatten, tree_map
from mlx_lm.utils import dequantize_model, load_config, load_model

from mlx_manager.mlx_server.engine.adapter import put_on
from mlx_manager.mlx_server.engine.batch import can_batch
from mlx_manager.mlx_server.engine.encoder import MODULES, Encoder, load_encoder
from mlx_manager.mlx_server.engine.trunk import bare_classes
from mlx_manager.mlx_server.errors import InvalidModel

PIECE_BYTES = 256 * 1024**2
"""Evaluated between two steps of the resident models."""


def load_weights(
    path: Path, *, float32: bool, adapter: Path | None = None
) -> Generator[float, None, tuple[Any, dict[str, Any]]]:
    """Yield the fraction done; return mlx-lm's ``(model, config)``.

    ``float32`` converts every floating-point weight (DESIGN, fact 10), an ``adapter``'s as well.
    Raises ``InvalidModel`` naming the file and the reason.
    """
    try:
        model, config = _open(path)
        if float32:
            model = _as_float32(dequantize_model(model))
        if adapter is not None:
            put_on(model, adapter)
            model = _as_float32(model) if float32 else model
        if not isinstance(model, Encoder) and not can_batch(model):
            raise InvalidModel(
                f"{path / 'config.json'}: the architecture {config.get('model_type')!r} uses a "
                "cache that cannot be batched, which this version cannot serve."
            )
        yield from _evaluate(model)
    except InvalidModel:
        raise
    except Exception as error:  # mlx-lm raises whatever a model's own file raises
        raise _explain(path, error) from error
    return model, config


def _open(path: Path) -> tuple[Any, dict[str, Any]]:
    config: dict[str, Any] = load_config(path)
    if config.get("model_type") in MODULES:
        return load_encoder(path, config), config
    if (path / "modules.json").exists():  # an embedding model may come without a head
        model, config = load_model(path, lazy=True, get_model_classes=bare_classes)
    else:
        model, config = load_model(path, lazy=True)
    return model, config


def weights_bytes(model: Any) -> int:
    """Bytes of a loaded model's parameters."""
    return sum(int(array.nbytes) for _, array in tree_flatten(model.parameters()))


def _evaluate(model: Any) -> Generator[float, None, None]:
    arrays = [array for _, array in tree_flatten(model.parameters())]
    total = sum(array.nbytes for array in arrays) or 1
    done, piece, piece_bytes = 0, [], 0
    for array in arrays:
        piece.append(array)
        piece_bytes += array.nbytes
        if piece_bytes >= PIECE_BYTES:
            mx.eval(piece)
            done += piece_bytes
            piece, piece_bytes = [], 0
            yield done / total
    mx.eval(piece)
    yield 1.0


def _as_float32(model: Any) -> Any:
    model.update(
        tree_map(
            lambda a: a.astype(mx.float32) if mx.issubdtype(a.dtype, mx.floating) else a,
            model.parameters(),
        )
    )
    return model


def _explain(path: Path, error: Exception) -> InvalidModel:
    """mlx-lm's many exceptions, as one that names the file and the reason."""
    reason = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, KeyError):
        reason = f"the field {error} is missing"
    on_weights = isinstance(error, RuntimeError) or "parameters" in reason or "shape" in reason
    file = path if on_weights else path / "config.json"
    return InvalidModel(f"{file}: mlx-lm cannot load this model: {reason[:400]}")
