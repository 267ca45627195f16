"""Profiles as ``/api/profiles`` shows and takes them."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from mlx_manager.schemas.message import ToolSpec

MOST_NAME = 100
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
_OURS = "mlx-manager/"


class PlacementKind(StrEnum):
    """Where a profile runs: in the server's own process, or in one of its own."""

    EMBEDDED = "embedded"
    PROCESS = "process"


def _callable_name(name: str) -> str:
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError(
            "a name that clients can call begins with a letter or digit, and holds letters, "
            "digits and . _ : / @ + - only"
        )
    if name.startswith(_OURS):
        raise ValueError(f"names under {_OURS} are the built-in models'")
    return name


ProfileName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_NAME),
    AfterValidator(_callable_name),
    Field(description="What clients send as `model`."),
]
ModelName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(description="A model on this machine, by its id, or a folder by its path."),
]
Adapter = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    Field(description="A LoRA or DoRA adapter of mlx-lm: a folder, or a repository in the cache."),
]
IdleSeconds = Annotated[
    float,
    Field(
        ge=0,
        le=31_536_000,
        allow_inf_nan=False,
        description="Unloaded after so long without use; 0 never, null as the server's setting.",
    ),
]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
_OWN_ARGUMENTS = frozenset({"messages", "conversation", "tools", "tokenize", "chat_template"})


def _number(low: float, high: float) -> Any:
    return Field(default=None, ge=low, le=high, allow_inf_nan=False)


class ProfileDefaults(BaseModel):
    """What a request gets where it says nothing itself; null leaves it to the server.

    A request's own fields always win, and a system prompt of its own is instead of this one.
    ``context_length`` is a limit: prompt and answer together, in tokens.
    """

    model_config = ConfigDict(extra="forbid")

    temperature: float | None = _number(0, 2)
    top_p: float | None = _number(0.000001, 1)
    top_k: int | None = Field(default=None, ge=0, le=2**31 - 1)
    min_p: float | None = _number(0, 1)
    repetition_penalty: float | None = _number(0.01, 10)
    presence_penalty: float | None = _number(-2, 2)
    frequency_penalty: float | None = _number(-2, 2)
    seed: int | None = Field(default=None, ge=-(2**63), le=2**63 - 1)
    max_tokens: int | None = Field(default=None, ge=1, le=10_000_000)
    stop: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=1024)]], Field(max_length=16)
    ] = []
    system_prompt: Annotated[str, Field(min_length=1, max_length=1_000_000)] | None = None
    context_length: int | None = Field(default=None, ge=16, le=100_000_000)
    reasoning_effort: Effort | None = None
    chat_template_kwargs: Annotated[dict[str, Any], Field(max_length=32)] = {}
    tools: Annotated[list[ToolSpec], Field(max_length=128)] = []
    parallel_tool_calls: bool | None = None

    @model_validator(mode="after")
    def _leave_the_servers_arguments(self) -> Self:
        taken = _OWN_ARGUMENTS & set(self.chat_template_kwargs)
        if taken:
            raise ValueError(f"chat_template_kwargs.{min(taken)} is set by the server")
        return self


class ProfileCreate(BaseModel):
    """A new profile. ``pinned`` keeps its model from eviction while it runs; that and
    ``start_with_server`` start it with the server."""

    model_config = ConfigDict(extra="forbid")

    name: ProfileName
    model: ModelName
    adapter: Adapter | None = None
    description: Annotated[str, Field(max_length=500)] = ""
    defaults: ProfileDefaults = ProfileDefaults()
    placement: PlacementKind = PlacementKind.EMBEDDED
    pinned: bool = False
    start_with_server: bool = False
    idle_seconds: IdleSeconds | None = None
    log_level: LogLevel = "INFO"


class ProfileUpdate(BaseModel):
    """What to change; a field left out stays. ``defaults`` are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: ProfileName = ""
    model: ModelName = ""
    adapter: Adapter | None = None
    description: Annotated[str, Field(max_length=500)] = ""
    defaults: ProfileDefaults = ProfileDefaults()
    placement: PlacementKind = PlacementKind.EMBEDDED
    pinned: bool = False
    start_with_server: bool = False
    idle_seconds: IdleSeconds | None = None
    log_level: LogLevel = "INFO"


class ProfileDuplicate(BaseModel):
    """``name`` of the copy; left out, one is made from the original's."""

    model_config = ConfigDict(extra="forbid")

    name: ProfileName | None = None


class ProfileReply(BaseModel):
    """One profile. ``problem`` says why its model could not be served, null is well."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    model: str
    adapter: str | None
    description: str
    defaults: ProfileDefaults
    placement: PlacementKind
    pinned: bool
    start_with_server: bool
    idle_seconds: float | None
    log_level: LogLevel
    problem: str | None = None
    created_at: datetime
    updated_at: datetime
