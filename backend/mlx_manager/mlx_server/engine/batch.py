"""mlx-lm's ``BatchGenerator`` in our terms: the one file an upgrade of it touches.

Two subclasses put our step in place of mlx-lm's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx
from mlx_lm.generate import (
    BatchGenerator,
    GenerationBatch,
    PromptProcessingBatch,
    StopSequences,
)
from mlx_lm.models.cache import ArraysCache, CacheList, make_prompt_cache

from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.engine.adjust import adjust
from mlx_manager.mlx_server.engine.limits import BatchLimits
from mlx_manager.mlx_server.engine.logprobs import PendingLogprob, pending_logprobs
from mlx_manager.mlx_server.engine.row import RowSpec, RowState
from mlx_manager.mlx_server.engine.sampling import sample

KVCaches = list[Any]
"""One mlx-lm cache a layer, holding one sequence."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one sequence brings: its segments to prefill after ``cached`` tokens."""

    segments: list[list[int]]
    cached: list[int]
    caches: KVCaches | None
    max_tokens: int
    stop_tokens: Collection[int]
    spec: RowSpec


@dataclass(frozen=True, slots=True)
class Prefill:
    """A chunk done: ``processed`` of ``total`` tokens; at a cut point or not."""

    uid: int
    processed: int
    total: int
    at_cut: bool


@dataclass(frozen=True, slots=True)
class Sampled:
    """A token of a row. At its end: ``stopped`` or ``exhausted``, and the row's caches."""

    uid: int
    token: int
    logprob: TokenLogprob | None
    fault: str | None
    stopped: bool
    exhausted: bool
    caches: KVCaches | None
    tokens: list[int] | None

    @property
    def ended(self) -> bool:
        """Whether the row has left the batch."""
        return self.stopped or self.exhausted


RowStates = dict[int, RowState]
"""By uid; shared by a batch's prefilling and answering halves."""


class _Prompts(PromptProcessingBatch):  # type: ignore[misc]
    """Hands its finished rows to ``_Answers`` rather than to mlx-lm's own class."""

    states: RowStates

    def _copy(self) -> "_Prompts":
        copied: _Prompts = super()._copy()
        copied.states = self.states
        return copied

    def generate(self, tokens: list[list[int]]) -> "_Answers":
        if any(len(each) > 1 for each in tokens):
            self.prompt([each[:-1] for each in tokens])
        return _Answers(
            self.states,
            self.model,
            self.uids,
            mx.array([each[-1] for each in tokens]),
            self.prompt_cache,
            self.tokens,
            self.samplers,
            self.fallback_sampler,
            self.logits_processors,
            self.stop_sequences,
            self.max_tokens,
        )


class _Answers(GenerationBatch):  # type: ignore[misc]
    """One decode step for all rows, each with its own wishes.

    mlx-lm's own step samples differing rows one by one, and slices the log-probabilities into one
    array a row whether or not anybody asked.
    """

    _next_tokens: mx.array
    _next_logprobs: list[PendingLogprob | None]

    def __init__(self, states: RowStates, *fields: Any) -> None:
        self.states = states
        super().__init__(*fields)

    def _step(self) -> tuple[list[int], list[PendingLogprob | None]]:
        inputs = self._current_tokens = self._next_tokens
        self._current_logprobs = self._next_logprobs
        logits = self.model(inputs[:, None], cache=self.prompt_cache)[:, -1, :]
        rows = [self.states[uid] for uid in self.uids]
        chosen_from = adjust(rows, logits, inputs)
        self._next_tokens = sample(rows, chosen_from)
        self._next_logprobs, arrays = pending_logprobs(rows, logits, self._next_tokens)
        for row in rows:
            row.step += 1
        mx.async_eval(self._next_tokens, *arrays)  # type: ignore[no-untyped-call]
        ids = cast(list[int], inputs.tolist())
        for tokens, token in zip(self.tokens, ids, strict=True):
            tokens.append(token)
        return ids, self._current_logprobs


class SequenceBatch:
    """The rows of one model, prefilled in chunks and decoded together."""

    def __init__(self, model: Any, limits: BatchLimits) -> None:
        self._states: RowStates = {}
        self._stops: dict[frozenset[int], StopSequences] = {}
        self._generator = BatchGenerator(
            model,
            completion_batch_size=limits.completion_batch_size,
            prefill_batch_size=limits.prefill_batch_size,
            prefill_step_size=limits.prefill_step_size,
        )
        prompts = _Prompts.empty(model, None, limits.prefill_step_size)
        prompts.states = self._states
        self._generator._prompt_batch = prompts
        self._generator._generation_batch = _no_answers(model, self._states)

    def insert(self, row: Row) -> int:
        """Add a row; returns its uid. The last segment's last token starts the answer."""
        (uid,) = self._generator.insert_segments(
            [row.segments],
            max_tokens=[row.max_tokens],
            caches=[row.caches] if row.caches is not None else None,
            all_tokens=[list(row.cached)],
            stop_sequences=[self._stop_sequences(row.stop_tokens)],
        )
        self._states[uid] = RowState(row.spec)
        return int(uid)

    def step(self) -> tuple[list[Prefill], list[Sampled]]:
        """One decode step for every answering row and one chunk for every prefilling row."""
        prompts, answers = self._generator.next()
        sampled = [_sampled(answer, self._states[answer.uid].fault) for answer in answers]
        for answer in sampled:
            if answer.ended:
                del self._states[answer.uid]
        prefills = [
            Prefill(p.uid, p.progress[0], p.progress[1], p.end_of_segment)
            for p in prompts
            if not p.end_of_prompt
        ]
        return prefills, sampled

    def remove(self, uid: int) -> None:
        """Take a row out, wherever it is."""
        self._generator.remove([uid])
        self._states.pop(uid, None)

    def snapshot(self, uid: int) -> tuple[KVCaches, list[int]]:
        """A copy of a row's caches and the tokens they hold."""
        caches, tokens = self._generator.extract_cache([uid])[uid]
        return caches, list(tokens)

    @property
    def cache_bytes(self) -> int:
        """Bytes of the rows' caches."""
        return int(self._generator.prompt_cache_nbytes)

    def close(self) -> None:
        """Give back what the generator holds of the device."""
        self._generator.close()

    def _stop_sequences(self, tokens: Collection[int]) -> StopSequences:
        key = frozenset(tokens)
        if key not in self._stops:
            self._stops[key] = StopSequences([(token,) for token in key] or None)
        return self._stops[key]


def _sampled(answer: GenerationBatch.Response, fault: str | None) -> Sampled:
    return Sampled(
        uid=answer.uid,
        token=answer.token,
        logprob=answer.logprobs.resolve(answer.token) if answer.logprobs else None,
        fault=fault,
        stopped=answer.finish_reason == "stop",
        exhausted=answer.finish_reason == "length",
        caches=answer.prompt_cache,
        tokens=answer.all_tokens,
    )


def _no_answers(model: Any, states: RowStates) -> _Answers:
    nothing = mx.array([], dtype=mx.uint32)
    return _Answers(states, model, [], nothing, [], [], [], None, [], [], [])


def can_batch(model: Any) -> bool:
    """Whether every cache class of the model can be merged into a batch."""
    return all(hasattr(cache, "merge") for cache in make_prompt_cache(model))


def materialise(caches: Sequence[Any]) -> None:
    """Evaluate caches cut out of a batch, so that they no longer keep it alive."""
    for cache in caches:
        _own(cache)
    mx.eval([cache.state for cache in caches])


def _own(cache: Any) -> None:
    """mlx-lm cuts a recurrent state out of its batch as a view of the whole."""
    if isinstance(cache, CacheList):
        for each in cache.caches:
            _own(each)
    elif isinstance(cache, ArraysCache):
        cache.cache = [None if a is None else mx.contiguous(a) for a in cache.cache]
