"""The spine of reranking: a query and its documents through residence, tokens and engine."""

import asyncio
import math

from mlx_manager.mlx_server.core.allowance import charged
from mlx_manager.mlx_server.core.embedding import (
    EmbedSpec,
    Ranking,
    RankingProfile,
    RankingRequest,
    Vector,
)
from mlx_manager.mlx_server.core.events import Timing, Usage
from mlx_manager.mlx_server.core.record import record_of
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.embedding_files import read_ranking_profile
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.prompt.pairs import build_pairs


async def rerank(request: RankingRequest, pool: ModelPoolManager) -> Ranking:
    """How relevant each document is, from 0 to 1, in the order they came.

    The model's files are asked before it is loaded. Cancelling drops the documents that have not
    begun. Raises one ``InferenceError``.
    """
    check_access(request.principal, request.model)
    allow_paths, record = request.principal.is_admin, record_of(request.model)
    profile = await asyncio.to_thread(_profile, pool, request)
    async with pool.lease(request.model, allow_paths=allow_paths) as lease:
        record.served = True
        passages, readout = await asyncio.to_thread(build_pairs, lease.handle, profile, request)
        tokens = sum(len(passage) for passage in passages)
        work = pool.engine.embed(EmbedSpec(lease.handle, passages, readout))
        logits = await charged(request.principal.allowance, tokens, work)
    record.count(request, Usage(tokens, 0), Timing())
    return Ranking(scores=tuple(_probability(each) for each in logits), prompt_tokens=tokens)


def _profile(pool: ModelPoolManager, request: RankingRequest) -> RankingProfile:
    path = pool.catalog.locate(request.model, allow_paths=request.principal.is_admin)
    return read_ranking_profile(path, request.model)


def _probability(logits: "Vector[float]") -> float:
    """One logit through the logistic function; of yes and no, the share of yes (a softmax)."""
    odds = logits[0] - (logits[1] if len(logits) > 1 else 0.0)
    # Written so that neither side overflows.
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))
