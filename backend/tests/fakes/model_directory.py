"""A directory that looks like a whole model to everyone but MLX."""

import json
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId

TEMPLATE = (
    "{% for m in messages %}{{ m.role }}: {{ m.reasoning_content }}</think>{{ m.content }}"
    "{% for tool_call in m.tool_calls %}<tool_call>{{ tool_call.name }}</tool_call>{% endfor %}"
    "{% endfor %}"
)
"""Has chat, reasoning and JSON tool calls, like the scripted tokenizer."""

MARKERS = ("<think>", "</think>", "<tool_call>", "</tool_call>")


def write_model(
    directory: Path,
    *,
    weights_bytes: int = 16,
    template: str | None = TEMPLATE,
    **config: Any,
) -> Path:
    """Config, tokenizer and a safetensors file with that many bytes of weights."""
    directory.mkdir(parents=True, exist_ok=True)
    full = {"model_type": "fake", "max_position_embeddings": 4096, **config}
    _write(directory / "config.json", full)
    _write(directory / "tokenizer.json", {"added_tokens": [{"content": m} for m in MARKERS]})
    _write(directory / "tokenizer_config.json", {"chat_template": template} if template else {})
    tensor = {"dtype": "F32", "shape": [weights_bytes // 4], "data_offsets": [0, weights_bytes]}
    header = json.dumps({"w": tensor}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(weights_bytes)
    (directory / "model.safetensors").write_bytes(weights)
    return directory


def write_cached_model(cache: Path, model_id: ModelId, *, weights_bytes: int = 16) -> Path:
    """The same in the layout of the Hugging Face cache."""
    return write_model(snapshot_folder(cache, model_id), weights_bytes=weights_bytes)


def snapshot_folder(cache: Path, model_id: ModelId) -> Path:
    """Where the Hugging Face cache keeps a model's files; the folder itself is not made."""
    folder = cache / f"models--{model_id.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text("abc", encoding="utf-8")
    return folder / "snapshots" / "abc"


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content), encoding="utf-8")
