"""A directory that looks like a whole model to everyone but MLX."""

import json
from pathlib import Path

from mlx_manager.mlx_server.core.ids import ModelId


def write_model(directory: Path, *, weights_bytes: int = 16) -> Path:
    """Config, tokenizer and a safetensors file with that many bytes of weights."""
    directory.mkdir(parents=True, exist_ok=True)
    config = {"model_type": "fake", "max_position_embeddings": 4096}
    (directory / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (directory / "tokenizer.json").write_text("{}", encoding="utf-8")
    tensor = {"dtype": "F32", "shape": [weights_bytes // 4], "data_offsets": [0, weights_bytes]}
    header = json.dumps({"w": tensor}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(weights_bytes)
    (directory / "model.safetensors").write_bytes(weights)
    return directory


def write_cached_model(cache: Path, model_id: ModelId, *, weights_bytes: int = 16) -> Path:
    """The same in the layout of the Hugging Face cache."""
    folder = cache / f"models--{model_id.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text("abc", encoding="utf-8")
    return write_model(folder / "snapshots" / "abc", weights_bytes=weights_bytes)
