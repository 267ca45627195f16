"""The event loop's side of the engine: streams, tickets, and what to do when the thread throws.

One long-lived thread a process (DESIGN, fact 6). When its loop throws, every waiting request
gets ``engine_failed``, the thread restarts once after a pause, and the status says degraded; a
second failure within ``HEALTHY_SECONDS`` is final until the process restarts.
"""

import asyncio
import contextlib
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlx_manager.mlx_server.core.embedding import EmbedSpec, Vector
from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import EngineStatus, LoadSpec, SequenceSpec
from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.limits import EngineLimits
from mlx_manager.mlx_server.engine.messages import (
    Cancel,
    Drop,
    Embed,
    Load,
    Message,
    Stop,
    Submit,
    Unload,
)
from mlx_manager.mlx_server.engine.paces import Paces
from mlx_manager.mlx_server.engine.stream import GenerationStream
from mlx_manager.mlx_server.engine.tokenizer import TextCodec, load_tokenizer
from mlx_manager.mlx_server.errors import EngineFailed, InferenceError, Overloaded

if TYPE_CHECKING:  # these import MLX, which waits for the first model
    from mlx_manager.mlx_server.engine.worker import Answer, Worker, WorkerReport

logger = logging.getLogger(__name__)

RESTART_PAUSE_SECONDS = 0.5
HEALTHY_SECONDS = 60.0
STOP_SECONDS = 1.0
"""How long shutdown waits for the step under way."""

_numbers = itertools.count(1)
"""The process's: what is kept of a residence by its number outlives an engine (grammars do)."""


class Engine:
    """``core.ports.EnginePort`` over one MLX thread. Made and used on one event loop."""

    def __init__(self, limits: EngineLimits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._streams: dict[SequenceId, GenerationStream] = {}
        self._tickets: dict[int, asyncio.Future[Answer]] = {}
        self._report: WorkerReport | None = None
        self._paces = Paces()
        self._dead: str | None = None
        self._crash: tuple[float, str] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    async def load(self, spec: LoadSpec, progress: Callable[[float], None]) -> ModelHandle:
        """Make a model resident. Raises ``InvalidModel``, ``EngineFailed``."""
        tokenizer = await asyncio.to_thread(_tokenizer, spec)
        ticket = next(_numbers)

        def on_loop(fraction: float) -> None:
            self._post_to_loop(partial(progress, fraction))

        handle = await self._ask(ticket, Load(ticket, spec, tokenizer, on_loop))
        assert isinstance(handle, ModelHandle)  # a load answers with a handle or an error
        return handle

    async def unload(self, handle: ModelHandle) -> None:
        """Free a model and everything cached for it."""
        ticket = next(_numbers)
        await self._ask(ticket, Unload(ticket, handle))

    async def embed(self, spec: EmbedSpec) -> tuple["Vector[float]", ...]:
        """A vector for each passage. Raises ``Overloaded``, ``InsufficientMemory``."""
        if len(self._streams) + len(self._tickets) >= self._limits.max_waiting:
            raise self._overloaded()
        ticket = next(_numbers)
        try:
            vectors = await self._ask(ticket, Embed(ticket, spec))
        except BaseException:  # the caller has left, or the loop has crashed
            self._inbox.put(Drop(ticket))
            raise
        assert isinstance(vectors, tuple)  # a job answers with vectors or an error
        return vectors

    def submit(self, spec: SequenceSpec) -> GenerationStream:
        """Queue a sequence; errors, too, come through the stream."""
        stream = GenerationStream(SequenceId(next(_numbers)), self._cancel)
        if self._dead is not None:
            stream.fail(_engine_failed(self._dead))
        elif len(self._streams) >= self._limits.max_waiting:
            stream.fail(self._overloaded())
        else:
            self._streams[stream.id] = stream
            self._post(Submit(stream.id, spec, time.perf_counter()))
        return stream

    def status(self) -> EngineStatus:
        """A snapshot, as of the last step."""
        report = self._report
        return EngineStatus(
            alive=self._dead is None,
            degraded_reason=self._degraded_reason(),
            running=report.running if report else 0,
            waiting=report.waiting if report else 0,
            prefix_cache_bytes=report.prefix_cache_bytes if report else 0,
            active_memory_bytes=report.active_memory_bytes if report else 0,
            models=self._paces.figures(time.monotonic()),
        )

    async def stop(self) -> None:
        """End every stream with an error and the thread after the step under way."""
        self._dead = "the server is shutting down"
        self._stopping.set()
        self._fail_everything(EngineFailed("The server is shutting down."))
        self._inbox.put(Stop())
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, STOP_SECONDS)

    def _overloaded(self) -> Overloaded:
        return Overloaded(
            f"{self._limits.max_waiting} requests are running or waiting, the most this server "
            "queues. Try again shortly.",
            retry_after_seconds=5,
        )

    async def _ask(self, ticket: int, message: Load | Unload | Embed) -> "Answer":
        if self._dead is not None:
            raise _engine_failed(self._dead)
        self._tickets[ticket] = self._loop.create_future()
        self._post(message)
        try:
            return await self._tickets[ticket]
        finally:
            self._tickets.pop(ticket, None)

    def _post(self, message: Message) -> None:
        """The first message starts the thread, which imports MLX: seconds the start can save."""
        self._inbox.put(message)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mlx", daemon=True)
            self._thread.start()

    def _cancel(self, sequence_id: SequenceId) -> None:
        self._inbox.put(Cancel(sequence_id))

    def _degraded_reason(self) -> str | None:
        if self._dead is not None:
            return self._dead
        if self._crash is not None and time.monotonic() - self._crash[0] < HEALTHY_SECONDS:
            return self._crash[1]
        return None

    def _on_report(self, report: "WorkerReport") -> None:
        self._report = report
        self._paces.note(report.models, time.monotonic())
        for sequence_id, outcomes in report.outcomes.items():
            stream = self._streams.get(sequence_id)
            if stream is None:
                continue
            if isinstance(error := outcomes[-1], InferenceError):
                stream.fail(error)
            else:
                stream.deliver([item for item in outcomes if not isinstance(item, InferenceError)])
            if stream.ended:
                del self._streams[sequence_id]
        for ticket, answer in report.answers.items():
            future = self._tickets.get(ticket)
            if future is None or future.done():
                if isinstance(answer, ModelHandle):
                    # Loaded after all, past a crash that failed its ticket: nobody knows it.
                    self._inbox.put(Unload(next(_numbers), answer))
                continue
            if isinstance(answer, InferenceError):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _fail_everything(self, error: InferenceError) -> None:
        for stream in self._streams.values():
            stream.fail(error)
            # Its Submit may still be in the inbox; this Cancel stands behind it.
            self._inbox.put(Cancel(stream.id))
        self._streams.clear()
        for future in self._tickets.values():
            if not future.done():
                future.set_exception(error)

    def _on_crash(self, reason: str, *, final: bool) -> None:
        self._crash = (time.monotonic(), reason)
        if final:
            self._dead = reason
        self._report = None
        self._paces = Paces()
        self._fail_everything(_engine_failed(reason))

    def _post_to_loop(self, callback: Callable[[], None]) -> None:
        # The loop may be closed while the thread finishes its last step.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback)

    def _run(self) -> None:
        """The thread: run the worker; restart it once when it throws."""
        worker: Worker | None = None
        crashed_at: float | None = None
        while True:
            try:
                if worker is None:
                    worker = self._make_worker()
                elif crashed_at is not None:
                    worker.reset()
                worker.run()
                return
            # Not ``Exception`` alone: a panic in a Rust library derives from BaseException, and
            # whatever ends this loop must end every request.
            except BaseException as error:
                logger.exception("The MLX engine's loop failed")
                now = time.monotonic()
                final = crashed_at is not None and now - crashed_at < HEALTHY_SECONDS
                crashed_at = now
                self._post_to_loop(partial(self._on_crash, _reason(error), final=final))
                if final or self._stopping.wait(RESTART_PAUSE_SECONDS):
                    return

    def _make_worker(self) -> "Worker":
        backend.prepare()
        from mlx_manager.mlx_server.engine.worker import Worker  # noqa: PLC0415
        from mlx_manager.mlx_server.utils.memory import set_memory_limit, wire_memory  # noqa: PLC0415

        set_memory_limit(self._limits.memory_budget_bytes)
        wire_memory()
        return Worker(self._inbox, self._limits, self._send)

    def _send(self, report: "WorkerReport") -> None:
        self._post_to_loop(partial(self._on_report, report))


def _tokenizer(spec: LoadSpec) -> TextCodec:
    path = Path(spec.path)
    backend.prepare()  # mlx-lm imports mlx, and this thread may be the first to
    from mlx_lm.utils import load_config  # noqa: PLC0415

    from mlx_manager.mlx_server.engine.encoder import check_extra  # noqa: PLC0415

    check_extra(load_config(path).get("model_type"))
    if spec.adapter_path is not None:
        # Its loader is in a second's worth of trainer, which the MLX thread must not wait for.
        import mlx_lm.tuner.utils  # noqa: F401, PLC0415
    return load_tokenizer(path)


def _engine_failed(reason: str) -> EngineFailed:
    return EngineFailed(
        f"The inference engine failed ({reason}). The request was not completed; send it again. "
        "If this persists, see the server's log."
    )


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
