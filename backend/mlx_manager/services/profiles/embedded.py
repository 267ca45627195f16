"""Profiles in the server's own process: their models are the pool's, shared with everybody."""

import asyncio
import logging
from datetime import UTC, datetime

from mlx_manager.db.columns import utc_now
from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.errors import InferenceError, ModelNotFound, Overloaded
from mlx_manager.mlx_server.models.status import ResidentModel
from mlx_manager.schemas.server import ServerHealth, ServerState, ServerStatus
from mlx_manager.services.inference import Inference
from mlx_manager.services.live_figures import live_figures
from mlx_manager.services.profiles.conflicts import ServerBusy
from mlx_manager.services.profiles.log_file import LogFile
from mlx_manager.services.profiles.profile_log import ProfileLog

_STATES = {
    "loading": ServerState.STARTING,
    "ready": ServerState.RUNNING,
    "unloading": ServerState.STOPPING,
}
_STOPPED = ServerStatus(state=ServerState.STOPPED)


class EmbeddedPlacement:
    """Running is being resident under the profile's name, whoever asked for it.

    The pool knows that better than any note of ours; what is kept here are starts under way, and
    why the last one failed.
    """

    def __init__(self, inference: Inference, log: ProfileLog) -> None:
        self._inference = inference
        self._log = log
        self._starts: dict[str, asyncio.Task[None]] = {}
        self._problems: dict[str, str] = {}

    async def start(self, profile: ServerProfile) -> None:
        """Load its model. Raises nothing: what goes wrong is the status's ``problem``."""
        resident = self._resident(profile)
        if profile.id in self._starts or (resident is not None and resident.state != "unloading"):
            return
        self._problems.pop(profile.id, None)
        task = asyncio.create_task(self._load(profile.id, ModelId(profile.name), profile.model))
        self._starts[profile.id] = task
        task.add_done_callback(lambda _: self._starts.pop(profile.id, None))

    async def stop(self, profile: ServerProfile) -> None:
        """Unload its model, unless another profile runs on it. Raises ``ServerBusy``."""
        self._problems.pop(profile.id, None)
        if (start := self._starts.get(profile.id)) is not None:
            start.cancel()
            await asyncio.wait({start})
        if self._resident(profile) is None:
            return
        try:
            await self._inference.unload(ModelId(profile.name))
        except ModelNotFound:
            pass  # it has gone by itself meanwhile
        except Overloaded as error:
            raise ServerBusy(
                f"The model of the profile {profile.name!r} is being loaded or answers requests; "
                "stop it when that has ended."
            ) from error
        self._log.tell(profile.id, logging.INFO, "Stopped")

    def status(self, profile: ServerProfile) -> ServerStatus:
        """As the pool has it."""
        resident = self._resident(profile)
        if resident is None:
            problem = self._problems.get(profile.id)
            if profile.id in self._starts:
                return _STOPPED.model_copy(update={"state": ServerState.STARTING})
            failed = {"state": ServerState.FAILED, "problem": problem}
            return _STOPPED if problem is None else _STOPPED.model_copy(update=failed)
        return ServerStatus(
            state=_STATES[resident.state],
            load_progress=resident.load_progress,
            requests=resident.leases,
            memory_bytes=resident.weights_bytes,
            started_at=None if resident.loaded_at is None else _moment(resident.loaded_at),
            last_used_at=_moment(resident.last_used_at),
            live=live_figures(resident.live) if resident.state == "ready" else None,
        )

    async def health(self, profile: ServerProfile) -> ServerHealth:
        """The engine's, while the profile runs."""
        status, engine = self.status(profile), self._inference.status().engine
        if status.state is ServerState.STOPPED:
            return ServerHealth(status="stopped", reason=None, checked_at=utc_now())
        reason = status.problem or engine.degraded_reason
        if reason is None and status.state is ServerState.RUNNING and not engine.alive:
            reason = "the engine is not running"
        return ServerHealth(
            status="healthy" if reason is None else "degraded",
            reason=reason,
            checked_at=utc_now(),
            memory_bytes=status.memory_bytes,
        )

    def logs(self, profile: ServerProfile) -> LogFile:
        """Its requests, starts and stops."""
        return self._log.file(profile.id)

    async def close(self) -> None:
        """Give up starts under way; the pool ends its models itself."""
        for task in list(self._starts.values()):
            task.cancel()
        await asyncio.gather(*self._starts.values(), return_exceptions=True)

    def _resident(self, profile: ServerProfile) -> ResidentModel | None:
        name = ModelId(profile.name)
        models = self._inference.status().models
        return next((model for model in models if name in model.profiles), None)

    async def _load(self, profile_id: str, name: ModelId, model: str) -> None:
        self._log.tell(profile_id, logging.INFO, f"Starting {name} on {model}")
        began = asyncio.get_running_loop().time()
        try:
            await self._inference.load(name)
        except InferenceError as error:
            self._problems[profile_id] = error.message
            self._log.tell(profile_id, logging.ERROR, f"Not started: {error.message}")
            return
        except Exception as error:
            self._problems[profile_id] = f"{type(error).__name__}: {error}"
            logging.getLogger(__name__).exception("Profile %s could not be started", name)
            return
        seconds = asyncio.get_running_loop().time() - began
        self._log.tell(profile_id, logging.INFO, f"Started after {seconds:.1f} s")


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
