"""POST /embeddings."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.answer import plain_answer
from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.streaming import JsonReply, Reply
from mlx_manager.mlx_server.dialects.openai.embedding_reply import embedding_question
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
    call = decode_embeddings(await read_json(request), caller=caller)
    state = request.app.state

    async def answer() -> Reply:
        made = await plain_answer(
            embedding_question(call.request), state.doors, lambda: embed(call.request, state.pool)
        )
        body = await asyncio.to_thread(
            embeddings_json, call.request.model, made, as_base64=call.as_base64
        )
        return Reply(body)

    return JsonReply(answer)
