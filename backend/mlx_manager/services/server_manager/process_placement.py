"""Profiles in processes of their own, one each."""

from pathlib import Path

from mlx_manager.db.columns import utc_now
from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.schemas.server import ServerHealth, ServerState, ServerStatus
from mlx_manager.services.live_figures import live_figures
from mlx_manager.services.profiles.log_file import LogFile
from mlx_manager.services.profiles.publication import published
from mlx_manager.services.server_manager.process_spec import ProcessSpec
from mlx_manager.services.server_manager.process_state import ProcessState, ProcessStatus
from mlx_manager.services.server_manager.process_use import ProcessUse
from mlx_manager.services.server_manager.server_manager import ServerManager

_STATES = {
    ProcessState.STARTING: ServerState.STARTING,
    ProcessState.LOADING: ServerState.STARTING,
    ProcessState.WAITING: ServerState.STARTING,
    ProcessState.READY: ServerState.RUNNING,
    ProcessState.FAILED: ServerState.FAILED,
    ProcessState.STOPPED: ServerState.STOPPED,
}
_STOPPED = ServerStatus(state=ServerState.STOPPED)


class ProcessPlacement:
    """A ``Placement`` over the server manager; ``use`` is kept by those who ask the processes."""

    def __init__(self, servers: ServerManager, use: ProcessUse, log_folder: Path) -> None:
        self._servers = servers
        self._use = use
        self._log_folder = log_folder

    async def start(self, profile: ServerProfile) -> None:
        """Have its process run; what goes wrong is the status's ``problem``."""
        await self._servers.start(ProcessSpec(published(profile), profile.log_level))

    async def stop(self, profile: ServerProfile) -> None:
        """End its process. Answers under way go on for a second at most and then end with an error
        that says so: a process that hangs could not be stopped otherwise, and nobody else's are in
        it. (The server's own process refuses instead, ``ServerBusy``.)"""
        await self._servers.stop(profile.id)

    def status(self, profile: ServerProfile) -> ServerStatus:
        """As the supervisor has it."""
        status = self._servers.status(profile.id)
        if status is None:
            return _STOPPED
        sample = status.samples[-1] if status.samples and status.pid is not None else None
        return ServerStatus(
            state=_STATES[status.state],
            problem=status.reason,
            load_progress=1.0 if status.state is ProcessState.READY else 0.0,
            requests=self._use.running(profile.id),
            memory_bytes=sample.memory_bytes or 0 if sample else 0,
            started_at=status.ready_at,
            last_used_at=self._use.last_used_at(profile.id),
            process_id=status.pid,
            port=status.port,
            live=live_figures(self._use.figures(profile.id)) if status.pid is not None else None,
            health=_found(status) if sample is not None else None,
        )

    async def health(self, profile: ServerProfile) -> ServerHealth:
        """What the last check found."""
        status = self._servers.status(profile.id)
        if status is None or status.state is ProcessState.STOPPED:
            return ServerHealth(status="stopped", reason=None, checked_at=utc_now())
        if status.pid is None or not status.samples:
            return ServerHealth(
                status="degraded",
                reason=status.reason or f"the process is {status.state}",
                checked_at=utc_now(),
            )
        return _found(status)

    def logs(self, profile: ServerProfile) -> LogFile:
        """Everything its process said, rotated by it."""
        return LogFile(self._log_folder, profile.id)

    async def close(self) -> None:
        """End every process."""
        await self._servers.close()


def _found(status: ProcessStatus) -> ServerHealth:
    sample = status.samples[-1]
    ready = status.state is ProcessState.READY
    reason = sample.reason or (None if ready else f"the process is {status.state}")
    return ServerHealth(
        status="healthy" if reason is None and sample.healthy else "degraded",
        reason=reason,
        checked_at=sample.at,
        response_ms=sample.response_ms,
        cpu_percent=sample.cpu_percent,
        memory_bytes=sample.memory_bytes,
    )
