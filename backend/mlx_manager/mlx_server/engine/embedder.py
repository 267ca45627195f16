"""Vectors and scores of whole texts, one piece at a time between the steps of the answers."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import make_prompt_cache

from mlx_manager.mlx_server.core.embedding import (
    ClassLogits,
    EmbedSpec,
    Passage,
    Pooling,
    TokenLogits,
    UnitVector,
    Vector,
)
from mlx_manager.mlx_server.engine import trunk
from mlx_manager.mlx_server.engine.admission import Admission, Memory, decide, needed_bytes
from mlx_manager.mlx_server.engine.encoder import Encoder
from mlx_manager.mlx_server.engine.pooling import Pool, take_group, to_vectors, unit
from mlx_manager.mlx_server.errors import EngineFailed, InferenceError, InsufficientMemory

logger = logging.getLogger(__name__)

PACE_SECONDS = 0.05
"""What a piece may add to the time between two tokens of an answer."""

LEAST_TOKENS = 32
"""A piece while answers run, until its speed is known."""

Vectors = tuple["Vector[float]", ...]


@dataclass(slots=True)
class _Walk:
    """A text too long for one piece, on its way: ``done`` of its tokens are in the caches."""

    index: int
    caches: list[Any]
    pool: Pool
    done: int = 0

    @property
    def nbytes(self) -> int:
        return sum(int(cache.nbytes) for cache in self.caches)


@dataclass(slots=True)
class _Job:
    ticket: int
    spec: EmbedSpec
    model: Any
    lengths: list[int]
    order: deque[int]
    tokens_per_second: float = 0.0
    vectors: dict[int, "Vector[float]"] = field(default_factory=dict)
    walk: _Walk | None = None


class Embedder:
    """Jobs in turn; a step costs what one prefill chunk of an answer does, and while answers run
    as little as lets them go on.

    ``memory`` says what is free, ``make_room(bytes)`` drops idle prefixes for a text's caches.
    """

    def __init__(
        self, piece_tokens: int, memory: Callable[[], Memory], make_room: Callable[[int], None]
    ) -> None:
        self._piece_tokens = piece_tokens
        self._memory = memory
        self._make_room = make_room
        self._jobs: deque[_Job] = deque()

    @property
    def waiting(self) -> int:
        """Jobs that are not done."""
        return len(self._jobs)

    @property
    def cache_bytes(self) -> int:
        """Bytes of the caches of texts that are on their way."""
        return sum(job.walk.nbytes for job in self._jobs if job.walk is not None)

    def submit(self, ticket: int, spec: EmbedSpec, model: Any) -> None:
        """Take a job on; ``model`` is the module of its handle."""
        lengths = [len(passage) for passage in spec.passages]
        order = deque(sorted(range(len(lengths)), key=lengths.__getitem__))
        self._jobs.append(_Job(ticket, spec, model, lengths, order))

    def drop(self, ticket: int) -> None:
        """Forget a job nobody waits for; one that is done is unknown here."""
        self._jobs = deque(job for job in self._jobs if job.ticket != ticket)

    def drop_model(self, generation: int) -> list[int]:
        """Forget a model's jobs; their tickets."""
        gone = [job.ticket for job in self._jobs if job.spec.model.generation == generation]
        for ticket in gone:
            self.drop(ticket)
        return gone

    def step(self, *, answering: bool) -> dict[int, Vectors | InferenceError]:
        """One piece of the next job; the answers of jobs that ended, by ticket.

        ``answering``: there are rows that wait for their next token meanwhile.
        """
        if not self._jobs:
            return {}
        job = self._jobs.popleft()
        try:
            self._advance(job, self._most_tokens(job, answering))
        except InferenceError as error:
            return {job.ticket: error}
        except Exception as error:  # a model's own file raises what it likes; others go on
            logger.exception("Embedding with %s failed", job.spec.model.id)
            reason = f"{type(error).__name__}: {error}"
            return {job.ticket: EngineFailed(f"{job.spec.model.id} cannot embed ({reason}).")}
        if job.order or job.walk is not None:
            self._jobs.append(job)
            return {}
        return {job.ticket: tuple(vector for _, vector in sorted(job.vectors.items()))}

    def _most_tokens(self, job: _Job, answering: bool) -> int:
        if not answering:
            return self._piece_tokens
        paced = int(job.tokens_per_second * PACE_SECONDS)
        return min(max(paced, LEAST_TOKENS), self._piece_tokens)

    def _advance(self, job: _Job, most_tokens: int) -> None:
        started = time.perf_counter()
        if job.walk is None and not self._begin_walk(job, most_tokens):
            return
        if job.walk is not None:
            tokens = self._walk_on(job, job.walk, most_tokens)
        else:
            tokens = self._whole(job, take_group(job.order, job.lengths, most_tokens))
        job.tokens_per_second = tokens / (time.perf_counter() - started)

    def _begin_walk(self, job: _Job, most_tokens: int) -> bool:
        """Where the next text is too long for one piece; False when there is no room for it yet."""
        length = job.lengths[job.order[0]]
        if length <= most_tokens or isinstance(job.model, Encoder):
            return True
        if not self._may_walk(job, length):
            return False
        pool = Pool(_pooling(job), mx.array([length]))
        job.walk = _Walk(job.order.popleft(), make_prompt_cache(job.model), pool)
        return True

    def _may_walk(self, job: _Job, length: int) -> bool:
        needed = needed_bytes(length, 0, job.spec.model.kv_bytes_per_token)
        admission = decide(needed, self._memory())
        if admission is Admission.NEVER:
            raise InsufficientMemory(
                f"A text of {length} tokens needs more memory than the budget leaves beside the "
                "loaded models. Shorten it, unload another model, or raise "
                "MLX_SERVER_MAX_MEMORY_GB."
            )
        if admission is Admission.ADMIT:
            self._make_room(needed)
        return admission is Admission.ADMIT

    def _whole(self, job: _Job, group: list[int]) -> int:
        """Texts that go through the model together, in one piece; its tokens."""
        passages = [job.spec.passages[index] for index in group]
        lengths = mx.array([len(passage) for passage in passages])
        ids = _padded(passages)
        if isinstance(job.model, Encoder):
            never = ids.shape[1]
            seconds = [never if p.second_at is None else p.second_at for p in passages]
            states = job.model.hidden_states(ids, lengths, mx.array(seconds))
        else:
            states = trunk.hidden_states(job.model, ids)
        pool = Pool(_pooling(job), lengths)
        pool.feed(states, 0)
        self._keep(job, group, pool)
        return int(ids.size)

    def _walk_on(self, job: _Job, walk: _Walk, most_tokens: int) -> int:
        tokens = job.spec.passages[walk.index].token_ids
        piece = tokens[walk.done : walk.done + most_tokens]
        states = trunk.hidden_states(job.model, mx.array([piece]), walk.caches)
        mx.eval(walk.pool.feed(states, walk.done), [cache.state for cache in walk.caches])
        walk.done += len(piece)
        if walk.done == len(tokens):
            job.walk = None
            self._keep(job, [walk.index], walk.pool)
        return len(piece)

    def _keep(self, job: _Job, group: list[int], pool: Pool) -> None:
        vectors = to_vectors(_read(job, pool.result()))
        job.vectors.update(zip(group, vectors, strict=True))


def _pooling(job: _Job) -> Pooling:
    match job.spec.readout:
        case UnitVector(pooling=pooling):
            return pooling
        case TokenLogits():
            return Pooling.LAST
        case ClassLogits():
            return Pooling.CLS


def _read(job: _Job, pooled: mx.array) -> mx.array:
    match job.spec.readout:
        case UnitVector(dimensions=dimensions):
            return unit(pooled, dimensions)
        case TokenLogits(tokens=tokens):
            return trunk.logits(job.model, pooled)[:, mx.array(tokens)]
        case ClassLogits():
            scores: mx.array = job.model.classify(pooled)
            return scores


def _padded(passages: list[Passage]) -> mx.array:
    width = max(len(passage) for passage in passages)
    return mx.array([[*p.token_ids, *[0] * (width - len(p))] for p in passages])
