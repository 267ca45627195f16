"""What the MLX thread does with its inbox: the only owner of weights, caches and batches."""

import gc
import queue
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx

from mlx_manager.mlx_server.core import architecture
from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.engine.admission import Memory
from mlx_manager.mlx_server.engine.embedder import Embedder, Vectors
from mlx_manager.mlx_server.engine.encoder import Encoder
from mlx_manager.mlx_server.engine.limits import EngineLimits
from mlx_manager.mlx_server.engine.loader import load_weights, weights_bytes
from mlx_manager.mlx_server.engine.measure import Measured, measure
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
from mlx_manager.mlx_server.engine.prefix_cache import PrefixCache
from mlx_manager.mlx_server.engine.scheduler import Outcome, Resident, Scheduler
from mlx_manager.mlx_server.engine.sequence import Sequence
from mlx_manager.mlx_server.errors import InferenceError, InvalidModel, ModelNotFound

Answer = ModelHandle | Vectors | None
"""Of a load, of an embedding job, of an unload."""


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """One step's news: outcomes by sequence, answered tickets, and the worker's numbers;
    ``models`` by their generations."""

    outcomes: dict[SequenceId, list[Outcome]]
    answers: dict[int, Answer | InferenceError]
    running: int
    waiting: int
    prefix_cache_bytes: int
    active_memory_bytes: int
    models: dict[int, ModelFigures]


@dataclass(slots=True)
class _Loading:
    message: Load
    pieces: Generator[float, None, tuple[Any, dict[str, Any]]]


class Worker:
    """``run`` until told to stop; ``report`` is called once a step that made news."""

    def __init__(
        self,
        inbox: "queue.SimpleQueue[Message]",
        limits: EngineLimits,
        report: Callable[[WorkerReport], None],
    ) -> None:
        self._inbox = inbox
        self._limits = limits
        self._report = report
        self._prefixes = PrefixCache(limits.prefix_cache_bytes)
        self._schedulers: dict[int, Scheduler] = {}
        self._loading: list[_Loading] = []
        self._outcomes: dict[SequenceId, list[Outcome]] = {}
        self._answers: dict[int, Answer | InferenceError] = {}
        self._embedder = self._make_embedder()

    def run(self) -> None:
        """Take messages, load a piece, step every model with work, embed a piece; until
        ``Stop``."""
        while self._drain_inbox():
            self._load_piece()
            self._step_models()
            self._answers.update(self._embedder.step(answering=self._answering))
            self._send_report()

    def reset(self) -> None:
        """After a crash: fresh batches and caches over the weights that are still resident."""
        # A model whose answer had not been sent is nobody's: its load has failed for the pool.
        residents = [s.resident for g, s in self._schedulers.items() if g not in self._answers]
        self._prefixes = PrefixCache(self._limits.prefix_cache_bytes)
        self._loading.clear()
        self._outcomes.clear()
        self._answers.clear()
        self._schedulers.clear()
        self._embedder = self._make_embedder()
        gc.collect()
        mx.clear_cache()
        for resident in residents:
            self._add(resident)

    @property
    def _answering(self) -> bool:
        return any(scheduler.has_work for scheduler in self._schedulers.values())

    def _drain_inbox(self) -> bool:
        """Take all messages; block when there is nothing else to do. False means stop."""
        busy = bool(self._loading or self._outcomes or self._answers or self._embedder.waiting)
        busy = busy or self._answering
        try:
            message = self._inbox.get_nowait() if busy else self._inbox.get()
            while not isinstance(message, Stop):
                self._handle(message)
                message = self._inbox.get_nowait()
        except queue.Empty:
            return True
        return False

    def _handle(self, message: Message) -> None:
        match message:
            case Submit():
                self._submit(message)
            case Cancel(id=sequence_id):
                any(scheduler.cancel(sequence_id) for scheduler in self._schedulers.values())
            case Load():
                spec = message.spec
                adapter = Path(spec.adapter_path) if spec.adapter_path else None
                pieces = load_weights(Path(spec.path), float32=spec.float32, adapter=adapter)
                self._loading.append(_Loading(message, pieces))
            case Unload():
                self._unload(message)
            case Embed():
                self._embed(message)
            case Drop(ticket=ticket):
                self._embedder.drop(ticket)
            case Stop():
                pass

    def _submit(self, message: Submit) -> None:
        generation = message.spec.model.generation
        scheduler = self._schedulers.get(generation)
        if scheduler is None:
            self._outcomes[message.id] = [ModelNotFound(f"{message.spec.model.id} was unloaded.")]
            return
        scheduler.submit(Sequence(message.id, message.spec, message.submitted_at))

    def _embed(self, message: Embed) -> None:
        model = message.spec.model
        scheduler = self._schedulers.get(model.generation)
        if scheduler is None:
            self._answers[message.ticket] = ModelNotFound(f"{model.id} was unloaded.")
            return
        self._embedder.submit(message.ticket, message.spec, scheduler.resident.model)

    def _unload(self, message: Unload) -> None:
        scheduler = self._schedulers.pop(message.handle.generation, None)
        if scheduler is not None:
            scheduler.abandon(ModelNotFound(f"{message.handle.id} was unloaded."))
            self._outcomes.update(scheduler.take_outcomes())
            scheduler.close()
        for ticket in self._embedder.drop_model(message.handle.generation):
            self._answers[ticket] = ModelNotFound(f"{message.handle.id} was unloaded.")
        self._prefixes.forget(message.handle.generation)
        del scheduler
        gc.collect()
        mx.clear_cache()
        self._answers[message.ticket] = None

    def _step_models(self) -> None:
        # A method of its own: a loop variable in ``run`` would keep an unloaded model alive.
        for scheduler in self._schedulers.values():
            if scheduler.has_work:
                scheduler.step()

    def _load_piece(self) -> None:
        """One piece of the oldest load; resident models step before the next."""
        if not self._loading:
            return
        loading = self._loading[0]
        try:
            loading.message.progress(next(loading.pieces))
        except StopIteration as finished:
            self._loading.pop(0)
            model, config = finished.value
            try:
                answer: Answer | InferenceError = self._adopt(loading.message, model, config)
            except InvalidModel as error:
                answer = error
            self._answers[loading.message.ticket] = answer
        except InvalidModel as error:
            self._loading.pop(0)
            self._answers[loading.message.ticket] = error
            mx.clear_cache()

    def _adopt(self, message: Load, model: Any, config: dict[str, Any]) -> ModelHandle:
        generates = not isinstance(model, Encoder)
        measured = _measured(message, model) if generates else None
        handle = ModelHandle(
            id=message.spec.id,
            path=Path(message.spec.path),
            generation=message.ticket,
            tokenizer=message.tokenizer,
            vocabulary_size=(
                measured.vocabulary_size if measured else architecture.vocabulary_size(config)
            ),
            context_length=architecture.context_length(config),
            weights_bytes=weights_bytes(model),
            kv_bytes_per_token=measured.kv_bytes_per_token if measured else 0,
            generates=generates,
        )
        self._add(Resident(handle, model))
        return handle

    def _add(self, resident: Resident) -> None:
        scheduler = Scheduler(resident, self._limits.batch, self._prefixes, self._memory)
        self._schedulers[resident.handle.generation] = scheduler

    def _memory(self) -> Memory:
        schedulers = self._schedulers.values()
        return Memory(
            budget_bytes=self._limits.memory_budget_bytes,
            weights_bytes=sum(s.resident.handle.weights_bytes for s in schedulers),
            running_cache_bytes=sum(s.cache_bytes for s in schedulers) + self._embedder.cache_bytes,
        )

    def _make_embedder(self) -> Embedder:
        return Embedder(self._limits.batch.prefill_step_size, self._memory, self._make_room)

    def _make_room(self, needed_bytes: int) -> None:
        memory = self._memory()
        held = memory.weights_bytes + memory.running_cache_bytes
        self._prefixes.trim_to(max(memory.budget_bytes - held - needed_bytes, 0))

    def _send_report(self) -> None:
        for scheduler in self._schedulers.values():
            self._outcomes.update(scheduler.take_outcomes())
        if not (self._outcomes or self._answers):
            return
        schedulers = self._schedulers.values()
        report = WorkerReport(
            outcomes=self._outcomes,
            answers=self._answers,
            running=sum(s.running for s in schedulers),
            waiting=sum(s.waiting for s in schedulers) + self._embedder.waiting,
            prefix_cache_bytes=self._prefixes.nbytes,
            active_memory_bytes=int(mx.get_active_memory()),
            models={g: scheduler.figures for g, scheduler in self._schedulers.items()},
        )
        self._outcomes, self._answers = {}, {}
        self._report(report)


def _measured(message: Load, model: Any) -> Measured:
    try:
        return measure(model)
    except Exception as error:  # the model's own file raises what it likes
        raise InvalidModel(
            f"{message.spec.path}: the model loads but does not run "
            f"({type(error).__name__}: {str(error)[:300]})."
        ) from error
