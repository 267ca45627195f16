"""The events of ``GET /api/events``: each tells the whole state of its kind."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from mlx_manager.schemas.download import DownloadReply
from mlx_manager.schemas.server import ServerReply
from mlx_manager.schemas.system import ModelMemory, ProcessMemory

FOR_ADMINISTRATORS = frozenset({"people"})
"""Kinds of events that nobody else is told."""


class PoolEvent(BaseModel):
    """What is resident or on its way, and how the engine is."""

    event: Literal["pool"] = "pool"
    models: list[ModelMemory]
    max_models: int
    alive: bool
    degraded_reason: str | None


class RequestsEvent(BaseModel):
    """Sequences now, and sums since the server started."""

    event: Literal["requests"] = "requests"
    running: int
    waiting: int
    finished: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


class MemoryEvent(BaseModel):
    """Who holds the memory, in bytes; see ``GET /api/system/memory``."""

    event: Literal["memory"] = "memory"
    available_bytes: int | None
    process_bytes: int
    budget_bytes: int
    used_bytes: int
    mlx_active_bytes: int
    prefix_cache_bytes: int
    processes: list[ProcessMemory]


class DownloadsEvent(BaseModel):
    """Every unfinished download and the latest of the others, as ``GET /api/models/downloads``
    shows them first."""

    event: Literal["downloads"] = "downloads"
    downloads: list[DownloadReply]


class ServersEvent(BaseModel):
    """Every profile, running or not, as ``GET /api/servers`` shows the first of them."""

    event: Literal["servers"] = "servers"
    servers: list[ServerReply]


class PeopleEvent(BaseModel):
    """How many accounts wait for approval; for administrators."""

    event: Literal["people"] = "people"
    pending: int


FeedEvent = Annotated[
    PoolEvent | RequestsEvent | MemoryEvent | DownloadsEvent | ServersEvent | PeopleEvent,
    Field(discriminator="event"),
]
