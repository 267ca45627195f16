"""What a ``.safetensors`` file holds, from its header alone.

Format: 8 bytes little-endian header length, a JSON header of ``{name: {dtype, shape,
data_offsets}}``, then the data (https://github.com/huggingface/safetensors, "Format").
"""

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path

from mlx_manager.mlx_server.errors import InvalidModel

MAX_HEADER_BYTES = 100_000_000
"""The format's own bound."""

_FLOATS = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"}


@dataclass(frozen=True, slots=True)
class TensorFile:
    """``data_bytes`` as stored; the count of floating-point values and of packed 32-bit words."""

    data_bytes: int
    float_values: int
    packed_words: int


def read_header(path: Path) -> TensorFile:
    """Check that the file is whole and sum up its tensors.

    Raises ``InvalidModel`` naming the file and what is wrong with it.
    """
    try:
        return _read(path)
    except OSError as error:
        raise InvalidModel(f"{path}: the file cannot be read ({error.strerror}).") from error


def _read(path: Path) -> TensorFile:
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
            raise InvalidModel(
                f"{path}: the file is cut short or not safetensors: {size} bytes cannot hold its "
                f"header of {length}. Download it again."
            )
        raw = file.read(length)
    try:
        tensors = {name: t for name, t in json.loads(raw).items() if name != "__metadata__"}
        end = max((t["data_offsets"][1] for t in tensors.values()), default=0)
        floats = sum(prod(t["shape"]) for t in tensors.values() if t["dtype"] in _FLOATS)
        packed = sum(prod(t["shape"]) for t in tensors.values() if t["dtype"] == "U32")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InvalidModel(f"{path}: the header is not valid safetensors ({error}).") from error
    if size < 8 + length + end:
        raise InvalidModel(
            f"{path}: the file is cut short: {size} bytes of {8 + length + end}. Download it again."
        )
    return TensorFile(end, floats, packed)
