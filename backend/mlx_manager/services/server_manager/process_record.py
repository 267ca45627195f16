"""What is known of one model's process, for those who ask and those who wait."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Collection
from datetime import datetime, timedelta

from mlx_manager.db.columns import utc_now
from mlx_manager.services.server_manager.model_process import ModelProcess
from mlx_manager.services.server_manager.process_state import (
    HealthSample,
    ProcessState,
    ProcessStatus,
)

logger = logging.getLogger(__name__)

SAMPLES_KEPT = 120


class ProcessRecord:
    """Written by the supervisor alone."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.state = ProcessState.STOPPED
        self.process: ModelProcess | None = None
        self.restarts = 0
        self._reason: str | None = None
        self._samples: deque[HealthSample] = deque(maxlen=SAMPLES_KEPT)
        self._started_at: datetime | None = None
        self._ready_at: datetime | None = None
        self._ready_since: float | None = None
        self._retry_at: datetime | None = None
        self._changed = asyncio.Event()

    def begin(self, process: ModelProcess) -> None:
        """A process runs; it cannot do anything yet."""
        self.process, self._started_at = process, utc_now()
        self._ready_at = self._ready_since = None

    def become_ready(self) -> None:
        """Its model is resident."""
        self._ready_at, self._ready_since = utc_now(), time.monotonic()
        self.enter(ProcessState.READY)

    def end(self) -> float:
        """The process is no more; for how many seconds it was ready."""
        self.process = None
        since, self._ready_since = self._ready_since, None
        return 0.0 if since is None else time.monotonic() - since

    def wait(self, reason: str, seconds: float) -> None:
        """It will be started again after so long."""
        self.enter(ProcessState.WAITING, reason)
        self._retry_at = utc_now() + timedelta(seconds=seconds)

    def note(self, sample: HealthSample) -> None:
        """A check's finding."""
        self._samples.append(sample)

    def enter(self, state: ProcessState, reason: str | None = None) -> None:
        """A new state, and why where it is a bad one."""
        if state is not self.state:
            logger.info("The process of %s is %s. %s", self._name, state, reason or "")
        self.state, self._reason, self._retry_at = state, reason, None
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, states: Collection[ProcessState]) -> ProcessStatus:
        """Wait for one of these; the status it has then."""
        while self.state not in states:
            await self._changed.wait()
        return self.status()

    def status(self) -> ProcessStatus:
        """Everything at this moment."""
        return ProcessStatus(
            state=self.state,
            pid=self.process.pid if self.process else None,
            port=self.process.port if self.process else None,
            restarts=self.restarts,
            reason=self._reason,
            started_at=self._started_at,
            ready_at=self._ready_at,
            retry_at=self._retry_at,
            samples=tuple(self._samples),
        )
