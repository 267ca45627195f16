"""All models that run in processes of their own."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.services.server_manager.free_port import listen_from
from mlx_manager.services.server_manager.model_process import ModelProcess, running
from mlx_manager.services.server_manager.orphans import end_orphans
from mlx_manager.services.server_manager.pid_file import PidFiles
from mlx_manager.services.server_manager.process_facts import identity_of
from mlx_manager.services.server_manager.process_spec import ProcessSpec
from mlx_manager.services.server_manager.process_state import (
    SETTLED,
    ProcessState,
    ProcessStatus,
)
from mlx_manager.services.server_manager.supervisor import Patience, Supervisor


@dataclass(frozen=True, slots=True)
class SupervisedProcess:
    """What is to run, as it was when it was started, and how it is."""

    spec: ProcessSpec
    status: ProcessStatus


class ServerManager:
    """One supervisor a profile. ``inference`` gives the settings that processes share with the
    embedded app, as they are at that moment."""

    def __init__(
        self,
        settings: ManagerSettings,
        inference: Callable[[], MLXServerSettings],
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._inference = inference
        self._patience = patience or Patience(interval_seconds=settings.health_check_interval)
        database = settings.database_path
        self._pid_files = PidFiles(database.with_name(f"{database.name}.processes"))
        self._supervisors: dict[str, Supervisor] = {}
        # A start that comes while it is being stopped waits for the end.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def begin(self) -> list[str]:
        """End what a killed manager left behind; whose processes they were. The database must be
        owned, else they may be a living manager's."""
        return await end_orphans(self._pid_files)

    async def start(self, spec: ProcessSpec) -> None:
        """Have a model run. One that runs already goes on as it is; ``stop`` it first to have
        it run in another way."""
        async with self._turns[spec.profile_id]:
            supervisor = self._supervisors.get(spec.profile_id)
            if supervisor is None or not supervisor.is_running:
                supervisor = Supervisor(spec, self._begin, self._patience)
                self._supervisors[spec.profile_id] = supervisor
                supervisor.start()

    async def stop(self, profile_id: str) -> None:
        """End a model's process; when this returns it is dead."""
        async with self._turns[profile_id]:
            if supervisor := self._supervisors.get(profile_id):
                await supervisor.stop()

    async def close(self) -> None:
        """End them all at once."""
        await asyncio.gather(*(self.stop(each) for each in self._supervisors))

    def status(self, profile_id: str) -> ProcessStatus | None:
        """One's state; None of one that was never started."""
        supervisor = self._supervisors.get(profile_id)
        return supervisor.record.status() if supervisor else None

    def supervised(self) -> list[SupervisedProcess]:
        """Everyone that was ever started."""
        supervisors = list(self._supervisors.values())
        return [SupervisedProcess(each.spec, each.record.status()) for each in supervisors]

    async def until(
        self, profile_id: str, states: Collection[ProcessState] = SETTLED
    ) -> ProcessStatus | None:
        """Its status when it is in one of these states; None of one that was never started."""
        supervisor = self._supervisors.get(profile_id)
        return await supervisor.record.until(states) if supervisor else None

    def process(self, profile_id: str) -> ModelProcess | None:
        """The process that can be asked now."""
        supervisor = self._supervisors.get(profile_id)
        if supervisor is None or supervisor.record.state is not ProcessState.READY:
            return None
        return supervisor.record.process

    def log_path(self, profile_id: str) -> Path:
        """Where it says what it does."""
        return self._settings.log_dir / f"{profile_id}.log"

    @contextlib.asynccontextmanager
    async def _begin(self, spec: ProcessSpec) -> AsyncIterator[ModelProcess]:
        listener = listen_from(self._settings.default_port_start)
        log = self.log_path(spec.profile_id)
        try:
            async with running(spec, self._inference(), listener, log) as process:
                identity = await asyncio.to_thread(identity_of, process.pid)
                if identity is not None:
                    self._pid_files.write(spec.profile_id, identity)
                yield process
        finally:
            self._pid_files.remove(spec.profile_id)
