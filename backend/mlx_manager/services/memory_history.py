"""Memory over time: a look every few seconds, kept for an hour, in memory alone."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable

from mlx_manager.db.columns import utc_now
from mlx_manager.schemas.system import MemoryHistoryReply, MemoryReply, MemorySample

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 5.0
KEPT_MINUTES = 60
_KEPT_SAMPLES = int(KEPT_MINUTES * 60 / PERIOD_SECONDS)
_SAME = MemorySample.model_fields.keys() & MemoryReply.model_fields.keys()


class MemoryHistory:
    """``memory`` is cheap: a look reads two small files of the system's and adds up the pool."""

    def __init__(self, memory: Callable[[], MemoryReply]) -> None:
        self._memory = memory
        self._samples: deque[MemorySample] = deque(maxlen=_KEPT_SAMPLES)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with the first look at once."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def look(self) -> None:
        """Keep what is held now."""
        memory = self._memory()
        self._samples.append(
            MemorySample(
                at=utc_now(),
                weights_bytes=sum(model.weights_bytes for model in memory.models),
                **memory.model_dump(include=_SAME),
            )
        )

    def latest(self, minutes: int) -> MemoryHistoryReply:
        """The samples of the last so many minutes."""
        count = math.ceil(minutes * 60 / PERIOD_SECONDS)
        memory = self._memory()
        return MemoryHistoryReply(
            period_seconds=PERIOD_SECONDS,
            machine_bytes=memory.machine_bytes,
            budget_bytes=memory.budget_bytes,
            samples=list(self._samples)[-count:],
        )

    async def _run(self) -> None:
        while True:
            try:
                self.look()
            except OSError as error:  # the system's files: one gap is better than no more history
                logger.warning("The memory could not be looked at: %s", error)
            await asyncio.sleep(PERIOD_SECONDS)
