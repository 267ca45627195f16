"""Settings of the inference app, read once, at composition."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

GIB = 1024**3
MIB = 1024**2

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open. Longer than any client's pool keeps one (httpx: 5 s,
uvicorn's own default too): who closes second sends no request into a closing connection."""


class MLXServerSettings(BaseSettings):
    """``MLX_SERVER_*`` from the environment or ``.env``; sizes say their unit."""

    model_config = SettingsConfigDict(
        env_prefix="MLX_SERVER_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    api_key: str | None = None
    """Alone only: the key every caller must bring; required on a non-loopback bind."""

    embedded_mode: bool = False
    hf_cache_path: Path = Path("~/.cache/huggingface/hub")
    database_path: Path = Path("~/.mlx-manager/mlx-server.db")

    max_memory_gb: float = Field(default=48.0, gt=0)
    max_memory_percent: int = Field(default=80, ge=1, le=100)
    max_models: int = Field(default=4, ge=1)
    idle_unload_seconds: float = Field(default=1800.0, ge=0, description="0 keeps models")
    load_wait_seconds: float = Field(default=300.0, ge=0, description="then 503; 0 waits on")

    default_max_tokens: int = Field(default=4096, ge=1)
    completion_batch_size: int = Field(default=32, ge=1)
    prefill_batch_size: int = Field(default=8, ge=1)
    prefill_step_size: int = Field(default=512, ge=1, description="prompt tokens per tick")
    prefix_cache_mb: int = Field(default=1024, ge=0, description="0 switches it off")
    max_waiting: int = Field(default=1024, ge=1, description="sequences queued before 503")

    max_body_mb: int = Field(default=32, ge=1)
    keep_alive_seconds: float = Field(default=10.0, gt=0)

    logfire_enabled: bool = True
    logfire_token: str | None = None
    log_level: str = "INFO"
    log_file: Path | None = Field(default=None, description="alone only; rotated; unset, stderr")

    parent_pid: int | None = Field(
        default=None,
        description="alone only: the process to end with, which writes the key as a line to our "
        "standard input",
    )
    listen_fd: int | None = Field(default=None, description="a listening socket, instead of PORT")

    @property
    def max_memory_bytes(self) -> int:
        """The ceiling a person set, before the machine's own size is considered."""
        return int(self.max_memory_gb * GIB)

    @property
    def prefix_cache_bytes(self) -> int:
        """Bytes of RAM that idle prefixes may hold."""
        return self.prefix_cache_mb * MIB


@lru_cache(maxsize=1)
def _process_settings() -> MLXServerSettings:
    return MLXServerSettings()


if TYPE_CHECKING:
    mlx_server_settings: MLXServerSettings


def __getattr__(name: str) -> MLXServerSettings:
    # Read at first use rather than at import, so that a bad value can be told in one line.
    if name == "mlx_server_settings":
        return _process_settings()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def mark_embedded() -> None:
    """A parent application has taken over; ``is_embedded`` says so from here on."""
    _process_settings().embedded_mode = True


def is_embedded() -> bool:
    """Whether a parent application owns logging, tracing and the socket."""
    return _process_settings().embedded_mode
