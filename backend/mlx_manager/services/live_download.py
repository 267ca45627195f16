"""A download while the server knows of it: its row, its speed, its task."""

import asyncio
import time
from datetime import datetime, timedelta

from mlx_manager.db.columns import utc_now
from mlx_manager.db.downloads import Download
from mlx_manager.schemas.download import DownloadProblem, DownloadReply, DownloadState
from mlx_manager.services.hf_client.messages import Planned
from mlx_manager.services.transfer_rate import TransferRate

_ENDED = {DownloadState.COMPLETE, DownloadState.CANCELLED}
_MOVING = {DownloadState.DOWNLOADING, DownloadState.VERIFYING}


class LiveDownload:
    """``turn`` is held by whoever changes its course; ``task`` carries it out."""

    def __init__(self, row: Download) -> None:
        self.row = row
        self.turn = asyncio.Lock()
        self.task: asyncio.Task[None] | None = None
        self._rate = TransferRate()
        self._retry_at: datetime | None = None

    @property
    def bytes_left(self) -> int:
        """What is still to come; 0 while that is not known."""
        return max(0, (self.row.bytes_total or 0) - self.row.bytes_done)

    @property
    def is_moving(self) -> bool:
        """Whether it fills the disk at this moment."""
        return self.row.state in _MOVING

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.row.state in _ENDED

    def enter(self, state: DownloadState, problem: DownloadProblem | None = None) -> None:
        """Change the state; what the last one said of speed and problems is over."""
        self.row.state = state
        self.row.problem = problem
        self._retry_at = None
        if not self.is_moving:
            self._rate.forget()
        if self.has_ended:
            self.row.finished_at = utc_now()

    def wait(self, seconds: float, problem: DownloadProblem) -> None:
        """Try again in so many seconds."""
        self.enter(DownloadState.WAITING, problem)
        self._retry_at = utc_now() + timedelta(seconds=seconds)

    def plan(self, planned: Planned) -> None:
        """Take over what the process found. Blobs of earlier runs stay ours to take away."""
        row = self.row
        row.commit = planned.commit
        row.bytes_total, row.bytes_done = planned.bytes_total, planned.bytes_done
        row.etags = list(dict.fromkeys([*row.etags, *planned.etags]))

    def progress(self, bytes_done: int, verifying: bool) -> None:
        """So much is here."""
        self.row.bytes_done = bytes_done
        self.row.state = DownloadState.VERIFYING if verifying else DownloadState.DOWNLOADING
        self._rate.note(time.monotonic(), bytes_done)

    def reply(self) -> DownloadReply:
        """As people see it now."""
        reply = DownloadReply.model_validate(self.row)
        reply.retry_at = self._retry_at
        if self.is_moving:
            reply.bytes_per_second = self._rate.bytes_per_second
            reply.seconds_left = self._rate.seconds_left(self.bytes_left)
        return reply
