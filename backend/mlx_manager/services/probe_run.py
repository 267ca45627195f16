"""One probe of one model: check after check, as the spine answers them."""

import time
from collections.abc import AsyncGenerator

from mlx_manager.mlx_server.core.embedding import EmbeddingRequest, RankingRequest
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.errors import InferenceError
from mlx_manager.mlx_server.generate import Completion, collect
from mlx_manager.mlx_server.models.catalog import ModelInfo
from mlx_manager.schemas.probe import ProbeCheck, ProbeName, ProbeSpeed
from mlx_manager.services.inference import Inference
from mlx_manager.services.probe_checks import (
    RELATED,
    TextCheck,
    Verdict,
    judge_scores,
    judge_vectors,
    text_checks,
)

_FEWEST_TOKENS = 8
"""Fewer say nothing of speed."""


class ProbeRun:
    """``checks`` and ``speed`` fill up as ``carry_out`` goes."""

    def __init__(self, inference: Inference, info: ModelInfo, principal: Principal) -> None:
        self._inference = inference
        self._info = info
        self._principal = principal
        self._was_loaded = info.loaded
        self.checks: list[ProbeCheck] = []
        self.speed = ProbeSpeed()

    @property
    def works(self) -> bool:
        """Whether it ran: the first check says so."""
        return bool(self.checks) and self.checks[0].passed

    @property
    def weights_bytes(self) -> int | None:
        """What the model takes in memory, while it is there."""
        models = self._inference.status().models
        return next((each.weights_bytes for each in models if each.id == self._info.id), None)

    async def carry_out(self, request_id: str) -> AsyncGenerator[ProbeCheck, None]:
        """Each check as it ends; none after a first one that failed. Raises nothing of its own."""
        can = self._info.capabilities
        if self._info.problem is not None or can is None:
            problem = self._info.problem or "Its files cannot be read."
            yield self._keep(ProbeName.FILES, Verdict(False, problem), 0.0)
            return
        if can.embeddings or can.rerank:
            if can.embeddings:
                yield await self._embed()
            if can.rerank:
                yield await self._rank()
            return
        for text_check in text_checks(self._info.id, self._principal, request_id, can):
            check = await self._ask(text_check)
            yield check
            if not self.works:
                return

    async def _ask(self, check: TextCheck) -> ProbeCheck:
        began = time.perf_counter()
        try:
            answer = await collect(self._inference.generate(check.request, Halt()))
        except InferenceError as error:
            return self._keep(check.name, Verdict(False, error.message), began)
        if check.name is ProbeName.TEXT:
            self.speed = self._measured(answer, time.perf_counter() - began)
        return self._keep(check.name, check.judge(answer), began)

    async def _embed(self) -> ProbeCheck:
        began = time.perf_counter()
        request = EmbeddingRequest(self._info.id, self._principal, RELATED)
        try:
            verdict = judge_vectors((await self._inference.embed(request)).vectors)
        except InferenceError as error:
            verdict = Verdict(False, error.message)
        return self._keep(ProbeName.EMBEDDINGS, verdict, began)

    async def _rank(self) -> ProbeCheck:
        began = time.perf_counter()
        query, *documents = RELATED
        request = RankingRequest(self._info.id, self._principal, query, tuple(documents))
        try:
            verdict = judge_scores((await self._inference.rerank(request)).scores)
        except InferenceError as error:
            verdict = Verdict(False, error.message)
        return self._keep(ProbeName.RERANK, verdict, began)

    def _keep(self, name: ProbeName, verdict: Verdict, began: float) -> ProbeCheck:
        seconds = time.perf_counter() - began if began else 0.0
        check = ProbeCheck(
            name=name, passed=verdict.passed, detail=verdict.detail, seconds=round(seconds, 3)
        )
        self.checks.append(check)
        return check

    def _measured(self, answer: Completion, seconds: float) -> ProbeSpeed:
        usage, timing = answer.finished.usage, answer.finished.timing
        spent = timing.queue_seconds + timing.prefill_seconds + timing.decode_seconds
        read = usage.prompt_tokens - usage.cached_tokens
        return ProbeSpeed(
            load_seconds=None if self._was_loaded else round(max(0.0, seconds - spent), 3),
            prompt_tokens_per_second=_rate(read, timing.prefill_seconds),
            tokens_per_second=_rate(usage.completion_tokens, timing.decode_seconds),
        )


def _rate(tokens: int, seconds: float) -> float | None:
    return round(tokens / seconds, 1) if tokens >= _FEWEST_TOKENS and seconds > 0 else None
