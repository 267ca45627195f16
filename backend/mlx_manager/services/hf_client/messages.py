"""What the manager and the downloading process say to each other, a line of JSON each."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

GO = b"go\n"


class Job(BaseModel):
    """What to fetch into which cache; ``commit`` where an earlier run has chosen it."""

    model: str
    revision: str
    commit: str | None
    cache: str


class Planned(BaseModel):
    """What there is to do. ``bytes_done`` of ``bytes_total`` are in the cache; ``etags`` are the
    blobs to fetch. The process waits for ``GO``."""

    event: Literal["planned"] = "planned"
    commit: str
    bytes_total: int
    bytes_done: int
    etags: list[str]


class Progress(BaseModel):
    """Twice a second. ``verifying``: every byte has come, hashes are still being computed."""

    event: Literal["progress"] = "progress"
    bytes_done: int
    verifying: bool


class Fault(BaseModel):
    """The end, badly. ``transient``: trying again may help, after ``retry_after`` seconds where
    the hub said so."""

    event: Literal["fault"] = "fault"
    code: str
    message: str
    transient: bool = False
    retry_after: float | None = None


class Done(BaseModel):
    """The end: verified, and in the cache as every program expects it."""

    event: Literal["done"] = "done"


Message = Planned | Progress | Fault | Done
MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="event")])
