"""Writing the weights and config.json that mlx-lm loads, and reading the weights back."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
from mlx.utils import tree_flatten, tree_unflatten
from transformers import PreTrainedTokenizerFast

import guide_training.blas  # noqa: F401  (must come before mlx)
from guide_training.forward import Tree
from guide_training.shape import Shape

WEIGHTS = "model.safetensors"


def restored(path: Path) -> Tree:
    """Return the weights saved at `path` as a float32 parameter tree."""
    loaded = mx.load(str(path))
    assert isinstance(loaded, dict)
    tree: Tree = tree_unflatten([(name, leaf.astype(mx.float32)) for name, leaf in loaded.items()])
    return tree


def export(
    parameters: Tree, shape: Shape, tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """Write model.safetensors in float16 and config.json to `folder`."""
    weights = {name: value.astype(mx.float16) for name, value in tree_flatten(parameters)}
    folder.mkdir(parents=True, exist_ok=True)
    mx.save_safetensors(str(folder / WEIGHTS), weights, {"format": "mlx"})
    eos, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    config = shape.config(len(tokenizer), int(eos), int(pad))
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
