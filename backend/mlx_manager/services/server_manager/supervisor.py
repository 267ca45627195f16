"""The life of one model's process: begun, made ready, watched, begun again when it dies."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from mlx_manager.services.server_manager.free_port import NoFreePortError
from mlx_manager.services.server_manager.health_check import HealthCheck
from mlx_manager.services.server_manager.loading import ModelRefused, load
from mlx_manager.services.server_manager.model_process import ModelProcess
from mlx_manager.services.server_manager.process_record import ProcessRecord
from mlx_manager.services.server_manager.process_spec import ProcessSpec
from mlx_manager.services.server_manager.process_state import HealthSample, ProcessState
from mlx_manager.services.server_manager.restart_policy import RestartPolicy

logger = logging.getLogger(__name__)

DEATH_SECONDS = 1.0
"""A connection breaks a moment before the death that broke it is told."""

Begin = Callable[[ProcessSpec], AbstractAsyncContextManager[ModelProcess]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a process may take to answer at all, and to answer a check afterwards; how many
    checks in a row it may fail; what is done when it dies."""

    interval_seconds: float = 30.0
    start_seconds: float = 120.0
    answer_seconds: float = 10.0
    failures: int = 3
    restarts: RestartPolicy = field(default_factory=RestartPolicy)


class Supervisor:
    """One model. ``begin`` runs its process for the length of a block."""

    def __init__(self, spec: ProcessSpec, begin: Begin, patience: Patience) -> None:
        self.spec = spec
        self.record = ProcessRecord(spec.name)
        self._begin = begin
        self._patience = patience
        self._ready_seconds = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has been started and neither failed nor was stopped."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Have it run from now on; once only."""
        self.record.enter(ProcessState.STARTING)
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """End it, and do not begin it again."""
        if self.record.process is not None:
            self.record.process.is_stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        self.record.enter(ProcessState.STOPPED)

    async def _keep_running(self) -> None:
        try:
            await self._live_again_and_again()
        except (ModelRefused, NoFreePortError, OSError) as error:
            self.record.enter(ProcessState.FAILED, str(error))
        except Exception as error:  # whatever it was, it does not stay as if it ran
            logger.exception("Watching the process of %s failed", self.spec.name)
            self.record.enter(ProcessState.FAILED, f"{type(error).__name__}: {error}")

    async def _live_again_and_again(self) -> None:
        deaths, policy = 0, self._patience.restarts
        while True:
            self.record.enter(ProcessState.STARTING)
            reason = f"Process {await self._live()}."
            deaths = policy.deaths_in_a_row(deaths, self._ready_seconds)
            delay = policy.delay_seconds(deaths)
            if delay is None:
                told = f"{reason} After {deaths} in a row it is not started again."
                self.record.enter(ProcessState.FAILED, told)
                return
            self.record.wait(reason, delay)
            await asyncio.sleep(delay)
            self.record.restarts += 1

    async def _live(self) -> str:
        """One process from its start to its end, and what ended it. Raises ``ModelRefused``,
        ``NoFreePortError``, ``OSError``."""
        async with self._begin(self.spec) as process:
            self.record.begin(process)
            watching = asyncio.create_task(self._watch(process))
            ended = asyncio.create_task(process.ended())
            try:
                await asyncio.wait((watching, ended), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.wait((ended,), timeout=DEATH_SECONDS)
                reason = ended.result() if ended.done() else watching.result()
                return f"{process.pid} {reason}"
            finally:
                self._ready_seconds = self.record.end()
                watching.cancel()
                ended.cancel()
                await asyncio.gather(watching, ended, return_exceptions=True)

    async def _watch(self, process: ModelProcess) -> str:
        """Make it ready and look after it; why it has to be ended. Raises ``ModelRefused``."""
        check = HealthCheck(process)
        first = await self._look(check, self._patience.start_seconds)
        if not first.healthy:
            return f"did not become healthy: {first.reason}"
        self.record.enter(ProcessState.LOADING)
        loading = asyncio.create_task(load(process, self.spec.profile))
        try:
            return await self._look_on(check, loading)
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)

    async def _look_on(self, check: HealthCheck, loading: asyncio.Task[str | None]) -> str:
        """Checks at every interval, while the model loads and afterwards."""
        failures = 0
        reason: str | None = None
        while failures < self._patience.failures:
            if self.record.state is ProcessState.READY:
                await asyncio.sleep(self._patience.interval_seconds)
            else:
                await asyncio.wait((loading,), timeout=self._patience.interval_seconds)
                if loading.done():
                    if (failure := loading.result()) is not None:
                        return failure
                    self.record.become_ready()
            sample = await self._look(check, self._patience.answer_seconds)
            failures = 0 if sample.healthy else failures + 1
            reason = sample.reason
        return f"failed {failures} health checks in a row: {reason}"

    async def _look(self, check: HealthCheck, within_seconds: float) -> HealthSample:
        sample = await check.look(within_seconds)
        self.record.note(sample)
        return sample
