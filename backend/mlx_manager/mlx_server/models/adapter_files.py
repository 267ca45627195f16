"""What an adapter's directory holds and whether it is whole, without loading it.

The format is mlx-lm's own (``mlx_lm.lora`` writes it, ``mlx_lm.tuner.utils.load_adapters`` reads
it): ``adapter_config.json`` says which layers were changed and how, ``adapters.safetensors`` holds
what was learned.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.errors import InvalidModel
from mlx_manager.mlx_server.models.safetensors import read_header

ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapters.safetensors"

_KINDS = ("lora", "dora", "full")
_MAX_RANK = 1 << 16


@dataclass(frozen=True, slots=True)
class AdapterFiles:
    """Bytes of weights as stored, and as they would be in float32."""

    path: Path
    weights_bytes: int
    float32_bytes: int


def inspect_adapter(path: Path) -> AdapterFiles:
    """Read the configuration and the weights' header.

    Raises ``InvalidModel`` naming the file and the reason. Whether it fits its model is known when
    both are loaded.
    """
    _check_config(path / ADAPTER_CONFIG, _read_config(path))
    file = path / ADAPTER_WEIGHTS
    if not file.exists():
        raise _refused(file, "the file is missing; this is not a whole adapter")
    try:
        header = read_header(file)
    except InvalidModel as error:
        raise InvalidModel(error.message, param="adapter") from error
    if header.data_bytes == 0:
        raise _refused(file, "there are no tensors in it, so it would change nothing")
    return AdapterFiles(path, header.data_bytes, 4 * header.float_values)


def _read_config(path: Path) -> Mapping[str, Any]:
    file = path / ADAPTER_CONFIG
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _refused(file, "the file is missing; this is not an adapter of mlx-lm") from error
    except (OSError, ValueError) as error:
        raise _refused(file, f"not readable JSON ({error})") from error
    if not isinstance(config, dict):
        raise _refused(file, "not a JSON object")
    return config


def _check_config(file: Path, config: Mapping[str, Any]) -> None:
    if "peft_type" in config:
        raise _refused(file, "an adapter of PEFT, which mlx-lm does not read; convert it first")
    kind = config.get("fine_tune_type", "lora")
    if kind not in _KINDS:
        raise _refused(file, f"'fine_tune_type' must be one of {', '.join(_KINDS)}; got {kind!r}")
    if kind == "full":
        return
    if not _is_count(config.get("num_layers"), at_least=-1):
        raise _refused(file, "'num_layers' must be a whole number")
    learned = config.get("lora_parameters")
    if not isinstance(learned, dict):
        raise _refused(file, "'lora_parameters' must be an object with rank, scale and dropout")
    _check_parameters(file, learned)


def _check_parameters(file: Path, learned: Mapping[str, Any]) -> None:
    rank: Any = learned.get("rank")
    keys: Any = learned.get("keys")
    if not (_is_count(rank, at_least=1) and rank <= _MAX_RANK):
        raise _refused(file, f"'lora_parameters.rank' must be from 1 to {_MAX_RANK}; got {rank!r}")
    for name in ("scale", "dropout"):
        value = learned.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _refused(file, f"'lora_parameters.{name}' must be a number; got {value!r}")
    if not 0 <= learned["dropout"] < 1:
        raise _refused(file, "'lora_parameters.dropout' must be from 0 to below 1")
    if keys is not None and not (
        isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    ):
        raise _refused(file, "'lora_parameters.keys' must be a list of names of layers")


def _is_count(value: Any, *, at_least: int) -> bool:
    return type(value) is int and value >= at_least


def _refused(file: Path, reason: str) -> InvalidModel:
    return InvalidModel(f"{file}: {reason}.", param="adapter")
