"""A hub on its socket, with one small model in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.hub.app import Hub
from tests.fakes.hub.content import HubRepo
from tests.fakes.hub.faults import Fault
from tests.fakes.model_directory import write_model
from tests.manager import listening

MODEL = "mlx-community/Tiny-4bit"
WEIGHTS_BYTES = 600_000


@dataclass
class RunningHub:
    """``hub`` answers at ``url``; ``repo`` is its model."""

    hub: Hub
    url: str
    repo: HubRepo

    def fault(self, fault: Fault) -> Fault:
        """Misbehave from now on."""
        return self.hub.faults.add(fault)


def write_sharded(folder: Path, shards: int = 3, weights_bytes: int = WEIGHTS_BYTES) -> Path:
    """A model whose weights come in several files, no two of them alike."""
    write_model(folder, model_type="qwen3", **SHAPE)
    (folder / "model.safetensors").unlink()
    for number in range(shards):
        part = write_model(folder / "part", weights_bytes=weights_bytes)
        content = bytearray((part / "model.safetensors").read_bytes())
        content[-1] = number
        name = f"model-{number + 1:05}-of-{shards:05}.safetensors"
        (folder / name).write_bytes(content)
    for file in (folder / "part").iterdir():
        file.unlink()
    (folder / "part").rmdir()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Tiny\nA model for tests.\n")
    return folder


SHAPE = {
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "hidden_size": 64,
    "quantization": {"group_size": 64, "bits": 4},
}


@asynccontextmanager
async def hub_at(hub: Hub) -> AsyncIterator[str]:
    """Serve a hub for the length of a block; what its faults hold is let go at the end."""
    async with listening(hub.app()) as url:
        try:
            yield url
        finally:
            hub.faults.lift()
