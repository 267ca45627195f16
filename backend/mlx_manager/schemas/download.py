"""Downloads as ``/api/models/downloads`` takes and shows them."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_NAME = re.compile(r"[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?", re.ASCII)


def _model_id(text: str) -> str:
    """The hub's own rules for a repository's name."""
    owner, slash, name = text.partition("/")
    whole = bool(slash) and all(_NAME.fullmatch(part) for part in (owner, name))
    if not whole or "--" in text or ".." in text or text.endswith(".git"):
        raise ValueError("not a model of the hub; it looks like 'mlx-community/Qwen3-4B-4bit'")
    return text


HubModelId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=193),
    AfterValidator(_model_id),
]
Revision = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=100)
]


class DownloadState(StrEnum):
    """``queued``: others are before it. ``planning``: its size is being found. ``waiting``: the
    hub or the network failed, it is tried again at ``retry_at``. The last three are ends, of
    which ``failed`` can be resumed, as ``paused`` can."""

    QUEUED = "queued"
    PLANNING = "planning"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    WAITING = "waiting"
    PAUSED = "paused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    COMPLETE = "complete"


class DownloadProblem(BaseModel):
    """Why it waits or failed: a code for programs, and a sentence that says what to do."""

    code: str
    message: str


class DownloadCreate(BaseModel):
    """What to download."""

    model_config = ConfigDict(extra="forbid")

    model: HubModelId
    revision: Revision = "main"


class DownloadReply(BaseModel):
    """One download. Bytes count what is on this machine; the rate is of the last seconds.

    ``bytes_total`` is null until it is planned, ``seconds_left`` while nothing tells.
    """

    model_config = ConfigDict(from_attributes=True)

    id: str
    model: str
    revision: str
    commit: str | None
    state: DownloadState
    bytes_total: int | None
    bytes_done: int
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    retry_at: datetime | None = None
    problem: DownloadProblem | None
    created_at: datetime
    finished_at: datetime | None


class DownloadsEvent(BaseModel):
    """First: every unfinished download, and the latest of the others."""

    event: ClassVar[str] = "snapshot"
    downloads: list[DownloadReply]


class DownloadEvent(BaseModel):
    """One download as it is now; while it runs, at least once a second."""

    event: ClassVar[str] = "download"
    download: DownloadReply


DownloadFeedEvent = DownloadsEvent | DownloadEvent
