"""Settings as ``/api/settings`` shows and takes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Source = Literal["default", "environment", "saved"]
TakesEffect = Literal["now", "restart"]


class SettingReply(BaseModel):
    """One setting. ``value`` is what is wanted and ``running`` what is in force: they differ until
    the restart that a change needs. One whose ``source`` is the environment cannot be changed
    here; ``variable`` names it."""

    name: str
    description: str
    value: Any
    running: Any
    default: Any
    source: Source
    takes_effect: TakesEffect
    variable: str | None


class SettingsReply(BaseModel):
    """Every setting; ``needs_restart`` names those that wait for one."""

    items: list[SettingReply]
    needs_restart: list[str]


class SettingsChange(BaseModel):
    """What is to change; what is left out stays, and null goes back to the default."""

    model_config = ConfigDict(extra="forbid")

    audit_retention_days: Annotated[int | None, Field(ge=0, le=36_500)] = None
    audit_keeps_prompts: bool | None = None
    routing_enabled: bool | None = None
    chat_retention_days: Annotated[int | None, Field(ge=0, le=36_500)] = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = None
    max_models: Annotated[int | None, Field(ge=1, le=1000)] = None
    idle_unload_seconds: Annotated[float | None, Field(ge=0, le=31_536_000)] = None
    default_max_tokens: Annotated[int | None, Field(ge=1, le=10_000_000)] = None
    max_body_mb: Annotated[int | None, Field(ge=1, le=4096)] = None
    keep_alive_seconds: Annotated[float | None, Field(gt=0, le=3600)] = None
    load_wait_seconds: Annotated[float | None, Field(ge=0, le=86_400)] = None
    max_memory_gb: Annotated[float | None, Field(gt=0, le=100_000)] = None
    prefix_cache_mb: Annotated[int | None, Field(ge=0, le=100_000_000)] = None
    completion_batch_size: Annotated[int | None, Field(ge=1, le=4096)] = None
    prefill_batch_size: Annotated[int | None, Field(ge=1, le=4096)] = None
    prefill_step_size: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    max_waiting: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
