"""What a model directory holds and whether it is whole, without loading it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core import architecture
from mlx_manager.mlx_server.errors import InvalidModel
from mlx_manager.mlx_server.models.adapter_files import AdapterFiles
from mlx_manager.mlx_server.models.safetensors import TensorFile, read_header

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
HEADROOM_TOKENS = 4096
BYTES_PER_VALUE = 2
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tiktoken.model", "vocab.json")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Bytes of weights as stored, and as they would be in float32; ``headroom_bytes`` hold the
    cache of a conversation of some length, without which a resident model could not answer.
    ``adapter_path`` is the directory of an adapter whose bytes are among these."""

    path: Path
    weights_bytes: int
    float32_bytes: int
    context_length: int
    headroom_bytes: int = 0
    adapter_path: Path | None = None

    def with_adapter(self, adapter: AdapterFiles) -> "ModelFiles":
        """The same with an adapter on top."""
        return replace(
            self,
            weights_bytes=self.weights_bytes + adapter.weights_bytes,
            float32_bytes=self.float32_bytes + adapter.float32_bytes,
            adapter_path=adapter.path,
        )


def inspect(path: Path) -> ModelFiles:
    """Read configuration and weight headers.

    Raises ``InvalidModel`` naming the file and the reason.
    """
    config = read_config(path)
    if not any((path / name).exists() for name in TOKENIZERS):
        raise InvalidModel(f"{path}: there is no tokenizer (one of {', '.join(TOKENIZERS)}).")
    files = [read_header(file) for file in _weight_files(path)]
    return ModelFiles(
        path=path,
        weights_bytes=sum(file.data_bytes for file in files),
        float32_bytes=sum(_float32_bytes(file, config) for file in files),
        context_length=architecture.context_length(config),
        headroom_bytes=architecture.kv_bytes_per_token(config, BYTES_PER_VALUE)
        * min(architecture.context_length(config), HEADROOM_TOKENS),
    )


def read_config(path: Path) -> dict[str, Any]:
    """``config.json`` as a dictionary. Raises ``InvalidModel``."""
    file = path / CONFIG
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidModel(f"{file}: the file is missing; this is not a whole model.") from error
    except (OSError, ValueError) as error:
        raise InvalidModel(f"{file}: not readable JSON ({error}).") from error
    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        raise InvalidModel(f"{file}: there is no 'model_type', so nothing tells how to load it.")
    return config


def _weight_files(path: Path) -> list[Path]:
    found = sorted(path.glob("model*.safetensors"))
    index = path / INDEX
    if index.exists():
        try:
            named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise InvalidModel(f"{index}: not a readable index ({error}).") from error
        missing = sorted(named - {file.name for file in found})
        if missing:
            raise InvalidModel(
                f"{path / missing[0]}: the file is missing ({len(missing)} of {len(named)} weight "
                "files are). Download the model again."
            )
    if not found:
        raise InvalidModel(f"{path}: there are no weights (model*.safetensors) in the directory.")
    for file in found:
        if not file.exists():  # a link into the cache whose blob is gone
            raise InvalidModel(f"{file}: the link leads nowhere. Download the model again.")
    return found


def _float32_bytes(file: TensorFile, config: dict[str, Any]) -> int:
    quantization = config.get("quantization") or config.get("quantization_config") or {}
    bits = quantization.get("bits") if isinstance(quantization, dict) else None
    packed_bits = bits if isinstance(bits, int) and 1 <= bits <= 32 else 32
    return 4 * (file.float_values + file.packed_words * 32 // packed_bits)
