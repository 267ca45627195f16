"""POST /embeddings."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.other_doors import answered_at
from mlx_manager.mlx_server.api.streaming import Reply
from mlx_manager.mlx_server.dialects.openai.embeddings import (
    EmbeddingBody,
    decode_embeddings,
    embeddings_json,
)
from mlx_manager.mlx_server.embed import embed

router = APIRouter(tags=["embeddings"])


@router.post("/embeddings", openapi_extra=json_body(EmbeddingBody))
async def embeddings(request: Request, caller: Spender) -> Response:
    """OpenAI embeddings: vectors of length one, in the order of the inputs."""
    raw = await read_json(request)
    call = decode_embeddings(raw, caller=caller)

    async def answer() -> Reply:
        made = await embed(call.request, request.app.state.pool)
        body = await asyncio.to_thread(
            embeddings_json, call.request.model, made, as_base64=call.as_base64
        )
        return Reply(body)

    return answered_at(request.app.state, "/embeddings", raw, caller, answer)
