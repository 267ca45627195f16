"""Tiny random adapters, made with mlx-lm's own layers and written as its trainer writes them."""

import json
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.engine import backend


def make_adapter(
    folder: Path,
    model_path: Path,
    *,
    seed: int = 1,
    kind: str = "lora",
    num_layers: int = 2,
    **parameters: Any,
) -> Path:
    """An adapter of the model in ``model_path``, every learned number of it drawn at random."""
    backend.prepare()
    import mlx.core as mx  # noqa: PLC0415  (after OpenBLAS)
    from mlx.utils import tree_flatten  # noqa: PLC0415
    from mlx_lm.tuner.utils import linear_to_lora_layers  # noqa: PLC0415
    from mlx_lm.utils import load_model  # noqa: PLC0415

    model, _ = load_model(model_path)
    learned = {"rank": 4, "scale": 4.0, "dropout": 0.2, **parameters}
    model.freeze()
    if kind == "full":
        model.unfreeze()
    else:
        linear_to_lora_layers(model, num_layers, learned, use_dora=kind == "dora")
    mx.random.seed(seed)
    weights = {
        name: mx.random.normal(array.shape) * 0.2 if array.ndim > 1 else array
        for name, array in tree_flatten(model.trainable_parameters())
    }
    folder.mkdir(parents=True, exist_ok=True)
    mx.save_safetensors(str(folder / "adapters.safetensors"), weights)
    config = {"fine_tune_type": kind, "num_layers": num_layers, "lora_parameters": learned}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def greedy_text(model_path: Path, prompt: str, tokens: int, adapter: Path | None = None) -> str:
    """What mlx-lm itself answers, with the adapter put on by its own loader."""
    backend.prepare()
    from mlx_lm import generate, load  # noqa: PLC0415

    model, tokenizer = load(str(model_path), adapter_path=str(adapter) if adapter else None)
    return str(generate(model, tokenizer, prompt, max_tokens=tokens))
