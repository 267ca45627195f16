"""BERT's family through the extra ``mlx-embeddings``: texts read both ways, nothing generated."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn

from mlx_manager.mlx_server.errors import InvalidModel

MODULES = {
    "bert": "bert",
    "roberta": "xlm_roberta",  # the same layers
    "xlm-roberta": "xlm_roberta",
    "xlm_roberta": "xlm_roberta",
    "modernbert": "modernbert",
}
"""``model_type`` -> the module of mlx-embeddings with its layers."""

_PREFIXES = ("bert.", "roberta.", "model.")
_KEPT = ("embeddings.", "encoder.", "layers.", "final_norm.")
_CLOSED = -1e9


class Encoder(nn.Module):  # type: ignore[misc]
    """The layers of mlx-embeddings; pooling and the classification head are ours."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        family = MODULES[config["model_type"]]
        library = importlib.import_module(f"mlx_embeddings.models.{family}")
        whole = getattr(library, "ModernBertModel", library.Model)
        self.trunk = whole(library.ModelArgs.from_dict(config))
        self.trunk.pop("pooler", None)
        self._family = family
        if _classifies(config):
            width = int(config["hidden_size"])
            self.head_dense = nn.Linear(width, width)
            self.head_out = nn.Linear(width, 1)

    def hidden_states(self, ids: mx.array, lengths: mx.array, second_at: mx.array) -> mx.array:
        """States (rows, tokens, width) of padded ids; in a pair, the second text's start."""
        columns = mx.arange(ids.shape[1])[None]
        present = columns < lengths[:, None]
        if self._family == "modernbert":
            made: mx.array = self.trunk(ids, present.astype(mx.float32))["last_hidden_state"]
            return made
        closed = mx.where(present, 0.0, _CLOSED)[:, None, None, :]
        if self._family == "bert":
            kinds = ((columns >= second_at[:, None]) & present).astype(mx.int32)
            states: mx.array = self.trunk.encoder(self.trunk.embeddings(ids, kinds), closed)
            return states
        # These have one kind of token, and positions that skip padding.
        padded = mx.where(present, ids, self.trunk.config.pad_token_id)
        passed: mx.array = self.trunk.encoder(self.trunk.embeddings(padded), closed)[0]
        return passed

    def classify(self, states: mx.array) -> mx.array:
        """The head's one logit a row (rows, 1), from the first token's states (rows, width)."""
        score: mx.array = self.head_out(mx.tanh(self.head_dense(states)))
        return score

    def sanitize(self, weights: dict[str, mx.array]) -> dict[str, mx.array]:
        """Checkpoint names to ours; heads for other tasks are left out."""
        renamed = {_renamed(name): array for name, array in weights.items()}
        return {
            name: array
            for name, array in renamed.items()
            if name is not None and (name.startswith("trunk.") or "head_dense" in self)
        }


def check_extra(model_type: str) -> None:
    """Import mlx-embeddings where this type needs it; slow the first time, safe on any thread.

    Raises ``InvalidModel`` naming the extra.
    """
    if model_type not in MODULES:
        return
    try:
        importlib.import_module(f"mlx_embeddings.models.{MODULES[model_type]}")
    except ImportError as error:
        raise InvalidModel(
            f"Models of the type {model_type!r} need mlx-embeddings, which is not installed "
            f'({error}): pip install "mlx-manager[embeddings]"'
        ) from error


def load_encoder(path: Path, config: dict[str, Any]) -> Encoder:
    """The layers with their weights, not yet read from disk."""
    weights: dict[str, mx.array] = {}
    for file in sorted(path.glob("model*.safetensors")):
        read: Any = mx.load(str(file))
        weights.update(read)
    encoder = Encoder(config)
    weights = encoder.sanitize(weights)
    if quantization := config.get("quantization"):
        nn.quantize(
            encoder,
            group_size=quantization["group_size"],
            bits=quantization["bits"],
            class_predicate=lambda name, _: f"{name}.scales" in weights,
        )
    encoder.load_weights(list(weights.items()))
    encoder.eval()
    return encoder


def _classifies(config: dict[str, Any]) -> bool:
    return any("SequenceClassification" in str(each) for each in config.get("architectures") or ())


def _renamed(name: str) -> str | None:
    """BERT has its head in ``pooler`` and ``classifier``, RoBERTa in ``classifier`` alone."""
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    for old, new in (
        ("pooler.dense.", "head_dense."),
        ("classifier.dense.", "head_dense."),
        ("classifier.out_proj.", "head_out."),
        ("classifier.", "head_out."),
    ):
        if name.startswith(old):
            return new + name.removeprefix(old)
    if "position_ids" in name or not name.startswith(_KEPT):
        return None
    return f"trunk.{name}"
