"""Requests for profiles that run in processes of their own are answered there."""

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from mlx_manager.db.columns import utc_now
from mlx_manager.mlx_server.core.doors import PlainHere, Question, Result, answered
from mlx_manager.mlx_server.core.elsewhere import Here, OfferedModel, Walk
from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.record import record_of
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from mlx_manager.mlx_server.models.profiles import Profiles
from mlx_manager.services.server_manager.loading import ModelRefused, publish
from mlx_manager.services.server_manager.model_process import ModelProcess
from mlx_manager.services.server_manager.process_state import ProcessState, ProcessStatus
from mlx_manager.services.server_manager.process_use import ProcessUse
from mlx_manager.services.server_manager.relayed import asked_of, relayed
from mlx_manager.services.server_manager.server_manager import ServerManager

RETRY_SECONDS = 5


class ProcessAnswers:
    """An ``Elsewhere``, and ``Doors``. ``start`` has a profile run, by its key; ``wait_seconds``
    tells how long a request waits for its process, 0 for as long as it takes."""

    def __init__(
        self,
        profiles: Profiles,
        servers: ServerManager,
        use: ProcessUse,
        start: Callable[[str], Awaitable[object]],
        wait_seconds: Callable[[], float],
    ) -> None:
        self._profiles = profiles
        self._servers = servers
        self._use = use
        self._start = start
        self._wait_seconds = wait_seconds

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        """A walk for a profile in a process of its own; None for all else."""
        del here
        profile = self._profile(request.model)
        return None if profile is None else self._walk(profile, request, halt)

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        """None but those that are profiles here."""
        del caller
        return ()

    def ask(self, question: Question[Result], here: PlainHere[Result]) -> Awaitable[Result] | None:
        """The answer of such a profile's process to a plain question; None for all else."""
        del here
        profile = self._profile(question.model)
        return None if profile is None else self._told(profile, question)

    def _profile(self, name: ModelId) -> Profile | None:
        profile = self._profiles.find(name)
        return profile if profile is not None and profile.own_process else None

    async def _told(self, profile: Profile, question: Question[Result]) -> Result:
        process = await self._ready(profile)
        with self._use.of(profile.key):
            body = {**question.body, "model": profile.name}
            reply = asked_of(process, profile.name, question.kind.value, body)
            try:
                return await answered(question, reply)
            except ValueError as error:
                raise EngineFailed(
                    f"The process of {profile.name!r} answered with {error}."
                ) from error

    async def _walk(
        self, profile: Profile, request: GenerationRequest, halt: Halt | None
    ) -> AsyncGenerator[GenerationEvent, None]:
        record = record_of(request.model)
        process = await self._ready(profile)
        with self._use.answering(profile.key) as note:
            async with aclosing(relayed(process, profile.name, request, record, halt)) as events:
                async for event in events:
                    note(event)
                    yield event

    async def _ready(self, profile: Profile) -> ModelProcess:
        """Its process, begun if it was stopped, which knows the profile as it is now. Raises
        ``Overloaded``, ``EngineFailed``."""
        seconds = self._wait_seconds()
        status = self._servers.status(profile.key)
        if status is None or status.state is ProcessState.STOPPED:
            await self._start(profile.key)
        try:
            async with asyncio.timeout(seconds or None):
                status = await self._servers.until(profile.key)
        except TimeoutError:
            raise Overloaded(
                f"The process of {profile.name!r} is still on its way after "
                f"{seconds:g} s, and goes on. Try again shortly.",
                param="model",
                retry_after_seconds=RETRY_SECONDS,
            ) from None
        process = self._servers.process(profile.key)
        if process is None:
            raise _unready(profile.name, status)
        try:
            failure = await publish(process, profile)
        except ModelRefused as refused:
            failure = str(refused)
        if failure is not None:
            raise EngineFailed(f"The process of {profile.name!r} does not take it: {failure}")
        return process


def _unready(name: str, status: ProcessStatus | None) -> EngineFailed | Overloaded:
    reason = f" {status.reason}" if status and status.reason else ""
    if status is not None and status.state is ProcessState.FAILED:
        return EngineFailed(
            f"The process of {name!r} does not run.{reason} Start it again at /api/servers when "
            "that is mended.",
            param="model",
        )
    if status is None or status.state is ProcessState.STOPPED:
        return Overloaded(
            f"The process of {name!r} was stopped before it could answer. Ask again to start it.",
            param="model",
            retry_after_seconds=RETRY_SECONDS,
        )
    seconds = RETRY_SECONDS
    if status.retry_at is not None:
        seconds = max(1, math.ceil((status.retry_at - utc_now()).total_seconds()))
    return Overloaded(
        f"The process of {name!r} is being started again.{reason}",
        param="model",
        retry_after_seconds=seconds,
    )
