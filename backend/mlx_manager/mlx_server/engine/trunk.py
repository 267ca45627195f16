"""A decoder without its head: where mlx-lm keeps it, and weights that were saved without one."""

from typing import Any

import mlx.core as mx
from mlx import nn
from mlx_lm.utils import _get_classes

_PARTS = ("model", "language_model", "backbone", "transformer")


def hidden_states(model: Any, ids: mx.array, caches: list[Any] | None = None) -> mx.array:
    """The last layer's states (rows, tokens, width), final norm included, of ids (rows, tokens)."""
    states: mx.array = _path(model)[-1](ids, cache=caches)
    return states


def logits(model: Any, states: mx.array) -> mx.array:
    """What the head makes of states (rows, width): (rows, vocabulary)."""
    *owners, trunk = _path(model)
    for owner in owners:
        if "lm_head" in owner:
            made: mx.array = owner.lm_head(states)
            return made
    tied: mx.array = trunk.embed_tokens.as_linear(states)
    return tied


def _path(model: Any) -> list[Any]:
    """The model and what it wraps, down to the part that makes hidden states."""
    path = [model]
    while True:
        parts = (path[-1].get(name) for name in _PARTS)
        inner = next((part for part in parts if isinstance(part, nn.Module)), None)
        if inner is None:
            return path
        path.append(inner)


def bare_classes(config: dict[str, Any]) -> tuple[Any, Any]:
    """mlx-lm's classes, made to take the weights of the trunk alone, as Qwen3-Embedding's are."""
    model_class, arguments_class = _get_classes(config)

    class Bare(model_class):  # type: ignore[misc, valid-type]
        def sanitize(self, weights: dict[str, mx.array]) -> dict[str, mx.array]:
            if not any(name.startswith(("model.", "language_model.")) for name in weights):
                weights = {f"model.{name}": array for name, array in weights.items()}
                if "lm_head" in self:
                    # Nothing was saved for it; a tied head keeps the model whole.
                    self.pop("lm_head")
                    self.args.tie_word_embeddings = True
            sanitize = getattr(super(), "sanitize", None)
            return sanitize(weights) if sanitize is not None else weights

    return Bare, arguments_class
