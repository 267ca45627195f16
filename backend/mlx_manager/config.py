"""Settings of the manager, read once, at composition."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PLACEHOLDER_SECRET = "CHANGE_ME_IN_PRODUCTION"

CommaSeparated = Annotated[tuple[str, ...], NoDecode]
"""``a, b`` in the environment; names are lower-cased, because hosts and origins are."""


class ManagerSettings(BaseSettings):
    """``MLX_MANAGER_*`` from the environment or ``.env``; sizes and times say their unit."""

    model_config = SettingsConfigDict(
        env_prefix="MLX_MANAGER_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535, description="0 takes a free one")
    allowed_hosts: CommaSeparated = ()
    cors_origins: CommaSeparated = ()

    database_path: Path = Path("~/.mlx-manager/mlx-manager.db")
    log_dir: Path = Path("~/.mlx-manager/logs")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    hf_cache_path: Path = Path("~/.cache/huggingface/hub")
    hf_organization: str | None = None
    hf_endpoint: str | None = Field(
        default=None, description="another hub; unset, HF_ENDPOINT or huggingface.co"
    )
    offline_mode: bool = False
    max_downloads: int = Field(default=2, ge=1, le=16, description="at once; others wait")

    default_port_start: int = Field(default=10240, ge=1024, le=65535)
    max_memory_percent: int = Field(default=80, ge=1, le=100)
    health_check_interval: float = Field(default=30.0, gt=0, description="seconds")

    jwt_secret: SecretStr | None = None
    jwt_algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    jwt_expire_days: float = Field(default=7.0, gt=0, le=365)
    require_api_key: Literal["auto", "always", "never"] = "auto"

    @field_validator("allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip().lower().rstrip("/") for part in value.split(",") if part.strip())

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_path", "log_dir", "hf_cache_path")
    @classmethod
    def _expand_home(cls, value: Path) -> Path:
        return value.expanduser()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback_host(self.host)

    @property
    def serves_every_interface(self) -> bool:
        """Whether the bind address is a wildcard, so that callers may use any of our names."""
        return self.host in {"", "0.0.0.0", "::"}


def is_loopback_host(host: str) -> bool:
    """Whether ``host`` (a name or an address, without a port) names this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
