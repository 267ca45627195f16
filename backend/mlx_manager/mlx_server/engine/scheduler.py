"""One resident model's queue and batch: who waits, who runs, what a step made."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.tokens import EndReason, Prefilled, StreamItem, Tokens
from mlx_manager.mlx_server.engine.admission import Admission, Memory, decide, needed_bytes
from mlx_manager.mlx_server.engine.batch import Prefill, Row, Sampled, SequenceBatch
from mlx_manager.mlx_server.engine.limits import BatchLimits
from mlx_manager.mlx_server.engine.prefix_cache import MIN_TOKENS, PrefixCache, PrefixKey
from mlx_manager.mlx_server.engine.row import RowSpec
from mlx_manager.mlx_server.engine.sequence import Sequence
from mlx_manager.mlx_server.errors import EngineFailed, InferenceError, InsufficientMemory

Outcome = StreamItem | InferenceError
_Twins = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Resident:
    """A model on the MLX thread: the handle the loop knows, and the module it must not."""

    handle: ModelHandle
    model: Any


class Scheduler:
    """First come, first served, with a head start for who has priority; as many at once as the
    batch and the memory hold."""

    def __init__(
        self,
        resident: Resident,
        limits: BatchLimits,
        prefixes: PrefixCache,
        memory: Callable[[], Memory],
    ) -> None:
        self.resident = resident
        self._limits = limits
        self._prefixes = prefixes
        self._memory = memory
        self._batch = SequenceBatch(resident.model, limits)
        self._waiting: deque[Sequence] = deque()
        self._running: dict[int, Sequence] = {}
        self._leaders: dict[_Twins, Sequence] = {}
        self._outcomes: dict[SequenceId, list[Outcome]] = {}
        self._read = self._cached = self._written = 0

    @property
    def has_work(self) -> bool:
        """Whether a step would do anything."""
        return bool(self._waiting or self._running)

    @property
    def running(self) -> int:
        """Sequences in the batch."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Sequences in the queue."""
        return len(self._waiting)

    @property
    def cache_bytes(self) -> int:
        """Bytes of the running sequences' caches, or what they were admitted for if that is
        more: a row just admitted holds nothing yet."""
        if not self._running:
            return 0
        promised = sum(sequence.needed_bytes for sequence in self._running.values())
        return max(self._batch.cache_bytes, promised)

    @property
    def figures(self) -> ModelFigures:
        """Its work in numbers; how fast it is done is for those who look twice."""
        return ModelFigures(
            running=self.running,
            waiting=self.waiting,
            prompt_tokens=self._read,
            cached_tokens=self._cached,
            completion_tokens=self._written,
        )

    def submit(self, sequence: Sequence) -> None:
        """Join the queue, before those that have waited less, priority counted in."""
        at = len(self._waiting)
        while at > 0 and self._waiting[at - 1].queued_since > sequence.queued_since:
            at -= 1
        self._waiting.insert(at, sequence)

    def cancel(self, sequence_id: SequenceId) -> bool:
        """Stop a sequence; whether it was here."""
        for sequence in self._waiting:
            if sequence.id == sequence_id:
                self._waiting.remove(sequence)
                self._tell(sequence, sequence.end(EndReason.CANCELLED))
                return True
        for uid, sequence in self._running.items():
            if sequence.id == sequence_id:
                self._batch.remove(uid)
                del self._running[uid]
                self._stop_leading(sequence)
                self._tell(sequence, sequence.end(EndReason.CANCELLED))
                return True
        return False

    def step(self) -> None:
        """Admit what fits, then one chunk for those prefilling and one token for the others."""
        self._admit()
        if not self._running:
            return
        prefills, sampled = self._batch.step()
        for prefill in prefills:
            self._on_prefill(prefill)
        for answer in sampled:
            self._on_sampled(answer)

    def take_outcomes(self) -> dict[SequenceId, list[Outcome]]:
        """What happened since the last call, by sequence."""
        outcomes, self._outcomes = self._outcomes, {}
        return outcomes

    def abandon(self, error: InferenceError) -> None:
        """End every sequence with an error: the model is going."""
        for sequence in (*self._waiting, *self._running.values()):
            self._tell(sequence, error)
        self._waiting.clear()
        self._running.clear()

    def close(self) -> None:
        """Give back the batch; the owner has seen to its sequences."""
        self._batch.close()

    def _admit(self) -> None:
        held: list[Sequence] = []
        while self._waiting and len(self._running) < self._limits.completion_batch_size:
            sequence = self._waiting[0]
            if _twins(sequence) in self._leaders:
                # Its prompt is being prefilled for another: one prefill serves both.
                held.append(self._waiting.popleft())
                continue
            admission = self._admission(sequence)
            if admission is Admission.WAIT:
                break
            self._waiting.popleft()
            if admission is Admission.ADMIT:
                self._start(sequence)
        self._waiting.extendleft(reversed(held))

    def _admission(self, sequence: Sequence) -> Admission:
        spec = sequence.spec
        per_token = self.resident.handle.kv_bytes_per_token
        needed = needed_bytes(len(spec.prompt), spec.max_tokens, per_token)
        memory = self._memory()
        admission = decide(needed, memory)
        if admission is Admission.NEVER:
            room = (memory.budget_bytes - memory.weights_bytes) // max(per_token, 1)
            self._tell(
                sequence,
                InsufficientMemory(
                    f"A prompt of {len(spec.prompt)} tokens needs more memory than the budget "
                    f"leaves beside the loaded models: about {max(room, 0)} tokens fit. Shorten "
                    "the prompt, unload another model, or raise MLX_SERVER_MAX_MEMORY_GB."
                ),
            )
        sequence.needed_bytes = needed
        return admission

    def _make_room(self, needed: int) -> None:
        """Drop idle prefixes; after the sequence's own has been copied out of them."""
        memory = self._memory()
        held = memory.weights_bytes + memory.running_cache_bytes
        self._prefixes.trim_to(max(memory.budget_bytes - held - needed, 0))

    def _start(self, sequence: Sequence) -> None:
        spec = sequence.spec
        tokens = list(spec.prompt.token_ids)
        sequence.admitted_at = time.perf_counter()
        caches, cached = self._prefixes.fetch(self._key(sequence), tokens)
        sequence.cached_tokens = cached
        self._read += len(tokens)
        self._cached += cached
        self._make_room(sequence.needed_bytes)
        eos = self.resident.handle.tokenizer.eos_token_ids
        row = Row(
            segments=_segments(tokens, spec.prompt.cut_points, cached),
            cached=tokens[:cached],
            caches=caches,
            max_tokens=spec.max_tokens,
            stop_tokens=() if spec.ignore_eos else eos,
            spec=RowSpec(
                sampling=spec.sampling,
                seed=sequence.seed,
                prompt=tokens,
                # A grammar says itself when the answer may end.
                min_tokens=0 if spec.ignore_eos or spec.grammar else spec.min_tokens,
                eos=eos,
                top_logprobs=spec.top_logprobs,
                grammar=spec.grammar,
            ),
        )
        sequence.uid = self._batch.insert(row)
        self._running[sequence.uid] = sequence
        keepable = sequence.needed_bytes <= self._prefixes.max_bytes
        if keepable and len(tokens) - cached > MIN_TOKENS:
            self._leaders[_twins(sequence)] = sequence
        self._tell(sequence, Prefilled(cached, len(tokens)))

    def _on_prefill(self, prefill: Prefill) -> None:
        sequence = self._running[prefill.uid]
        done = sequence.cached_tokens + prefill.processed
        self._tell(sequence, Prefilled(done, len(sequence.spec.prompt)))
        whole = done == len(sequence.spec.prompt) - 1 and self._is_followed(sequence)
        if whole or (prefill.at_cut and done in sequence.spec.prompt.cut_points):
            caches, tokens = self._batch.snapshot(prefill.uid)
            self._prefixes.store(self._key(sequence), tokens, caches)
        if done >= len(sequence.spec.prompt) - 1:
            self._stop_leading(sequence)

    def _is_followed(self, sequence: Sequence) -> bool:
        mine = _twins(sequence)
        return any(_twins(other) == mine for other in self._waiting)

    def _stop_leading(self, sequence: Sequence) -> None:
        if self._leaders.get(_twins(sequence)) is sequence:
            del self._leaders[_twins(sequence)]

    def _on_sampled(self, answer: Sampled) -> None:
        sequence = self._running[answer.uid]
        sequence.count_token()
        self._written += 1
        self._stop_leading(sequence)
        if answer.fault is not None:
            self._end_faulty(sequence, answer)
            return
        if not answer.stopped:
            logprobs = () if answer.logprob is None else (answer.logprob,)
            self._tell(sequence, Tokens((answer.token,), logprobs))
        if not answer.ended:
            return
        del self._running[answer.uid]
        reason = EndReason.STOP if answer.stopped else EndReason.LENGTH
        self._tell(sequence, sequence.end(reason))
        if answer.caches is not None and answer.tokens is not None:
            self._prefixes.store(self._key(sequence), answer.tokens, answer.caches)

    def _end_faulty(self, sequence: Sequence, answer: Sampled) -> None:
        """One row's fault is its own: the others go on."""
        if not answer.ended:
            self._batch.remove(answer.uid)
        del self._running[answer.uid]
        self._tell(sequence, EngineFailed(f"This request could not go on: {answer.fault}."))

    def _key(self, sequence: Sequence) -> PrefixKey:
        return PrefixKey(self.resident.handle.generation, sequence.spec.scope)

    def _tell(self, sequence: Sequence, outcome: Outcome) -> None:
        self._outcomes.setdefault(sequence.id, []).append(outcome)


def _twins(sequence: Sequence) -> _Twins:
    """Equal for sequences of one caller with one prompt."""
    return sequence.spec.scope, sequence.spec.prompt.token_ids


def _segments(tokens: list[int], cut_points: tuple[int, ...], cached: int) -> list[list[int]]:
    """The tokens after ``cached``, cut at the cut points that lie beyond it."""
    cuts = [cached, *(cut for cut in cut_points if cached < cut < len(tokens)), len(tokens)]
    return [tokens[start:end] for start, end in pairwise(cuts)]
