"""POST /rerank."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.answer import plain_answer
from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import JsonReply, Reply
from mlx_manager.mlx_server.dialects.jina.ranking_reply import ranking_question
from mlx_manager.mlx_server.dialects.jina.rerank import RerankBody, decode_rerank, rerank_body
from mlx_manager.mlx_server.rerank import rerank

router = APIRouter(tags=["rerank"])


@router.post("/rerank", openapi_extra=json_body(RerankBody))
async def rerank_documents(request: Request, caller: Spender) -> Response:
    """Documents by how well they answer a query, as Jina and Cohere do it."""
    call = decode_rerank(await read_json(request), caller=caller)
    state = request.app.state

    async def answer() -> Reply:
        ranking = await plain_answer(
            ranking_question(call.request), state.doors, lambda: rerank(call.request, state.pool)
        )
        return Reply(rerank_body(call, ranking, request_id(request)))

    return JsonReply(answer)
