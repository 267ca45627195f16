"""What came of running a model on this machine, as ``/api/models/probe`` tells it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field


class ProbeName(StrEnum):
    """What is tried: those that the model's files say it can."""

    FILES = "files"
    TEXT = "text"
    SCHEMA = "schema"
    TOOLS = "tools"
    REASONING = "reasoning"
    EMBEDDINGS = "embeddings"
    RERANK = "rerank"


class ProbeCheck(BaseModel):
    """One thing that was tried; ``detail`` says what the model did, or why it could not."""

    name: ProbeName
    passed: bool
    detail: str
    seconds: float


class ProbeSpeed(BaseModel):
    """Measured while it wrote text; null where too little was read or written to tell.

    ``load_seconds`` is null for a model that was loaded already.
    """

    load_seconds: float | None = None
    prompt_tokens_per_second: float | None = None
    tokens_per_second: float | None = None


class ProbeReply(BaseModel):
    """What was found. ``works``: it ran, whatever else it could not do; ``problem`` says why not.

    ``weights_bytes`` is what the model took in memory. ``mlx_lm`` is the version that ran it.
    ``is_current`` is false when the model's files have been replaced since.
    """

    works: bool
    problem: str | None
    checks: list[ProbeCheck]
    speed: ProbeSpeed
    weights_bytes: int | None
    mlx_lm: str | None
    probed_at: datetime
    is_current: bool


class ProbeCheckEvent(BaseModel):
    """A check has ended."""

    event: Literal["check"] = "check"
    check: ProbeCheck


class ProbeDoneEvent(BaseModel):
    """The end: what is kept now."""

    event: Literal["done"] = "done"
    probe: ProbeReply


ProbeEvent = Annotated[ProbeCheckEvent | ProbeDoneEvent, Field(discriminator="event")]
"""``check`` as each ends, then ``done``."""
