"""What ``GET /health`` tells."""

from typing import Literal

from pydantic import BaseModel


class DatabaseHealth(BaseModel):
    """Whether the database answers, and if not, why."""

    status: Literal["ok", "degraded"]
    reason: str | None


class InferenceHealth(BaseModel):
    """The engine and what it holds; sizes in bytes, requests as sequences."""

    status: Literal["ok", "degraded"]
    reason: str | None
    models_resident: list[str]
    memory_used_bytes: int
    memory_budget_bytes: int
    requests_running: int
    requests_waiting: int


class HealthReply(BaseModel):
    """Both halves of the process."""

    status: Literal["healthy", "degraded"]
    version: str
    database: DatabaseHealth
    inference: InferenceHealth
