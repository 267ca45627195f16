"""The spine of embeddings: one request through residence, tokens and engine."""

import asyncio

from mlx_manager.mlx_server.core.allowance import charged
from mlx_manager.mlx_server.core.embedding import (
    EmbeddingProfile,
    EmbeddingRequest,
    Embeddings,
    EmbedSpec,
    UnitVector,
)
from mlx_manager.mlx_server.core.events import Timing, Usage
from mlx_manager.mlx_server.core.record import record_of
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.embedding_files import read_embedding_profile
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.prompt.passages import build_passages


async def embed(request: EmbeddingRequest, pool: ModelPoolManager) -> Embeddings:
    """A vector of length one for each input, in order.

    The model's files are asked before it is loaded: a wrong model evicts nobody. Cancelling drops
    the texts that have not begun. Raises one ``InferenceError``.
    """
    check_access(request.principal, request.model)
    allow_paths, record = request.principal.is_admin, record_of(request.model)
    profile = await asyncio.to_thread(_profile, pool, request)
    _check_dimensions(request, profile)
    async with pool.lease(request.model, allow_paths=allow_paths) as lease:
        record.served = True
        passages = await asyncio.to_thread(build_passages, lease.handle, profile, request.inputs)
        readout = UnitVector(profile.pooling, request.dimensions)
        tokens = sum(len(passage) for passage in passages)
        work = pool.engine.embed(EmbedSpec(lease.handle, passages, readout))
        vectors = await charged(request.principal.allowance, tokens, work)
    record.count(request, Usage(tokens, 0), Timing())
    return Embeddings(vectors, prompt_tokens=tokens)


def _profile(pool: ModelPoolManager, request: EmbeddingRequest) -> EmbeddingProfile:
    path = pool.catalog.locate(request.model, allow_paths=request.principal.is_admin)
    return read_embedding_profile(path, request.model)


def _check_dimensions(request: EmbeddingRequest, profile: EmbeddingProfile) -> None:
    wanted = request.dimensions
    if wanted is None or wanted == profile.width:
        return
    if wanted > profile.width:
        raise BadRequest(
            f"'dimensions' is {wanted} and the vectors of {request.model!r} have {profile.width} "
            "values; they can be cut, not stretched.",
            param="dimensions",
        )
    if profile.cuts and wanted not in profile.cuts:
        raise BadRequest(
            f"'dimensions' of {request.model!r} may be "
            f"{', '.join(map(str, sorted({*profile.cuts, profile.width})))}; got {wanted}.",
            param="dimensions",
        )
