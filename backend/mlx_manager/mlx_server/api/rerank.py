"""POST /rerank."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.other_doors import answered_at
from mlx_manager.mlx_server.api.streaming import Reply
from mlx_manager.mlx_server.dialects.jina.rerank import RerankBody, decode_rerank, rerank_body
from mlx_manager.mlx_server.rerank import rerank

router = APIRouter(tags=["rerank"])


@router.post("/rerank", openapi_extra=json_body(RerankBody))
async def rerank_documents(request: Request, caller: Spender) -> Response:
    """Documents by how well they answer a query, as Jina and Cohere do it."""
    raw = await read_json(request)
    call = decode_rerank(raw, caller=caller)

    async def answer() -> Reply:
        ranking = await rerank(call.request, request.app.state.pool)
        return Reply(rerank_body(call, ranking, request_id(request)))

    return answered_at(request.app.state, "/rerank", raw, caller, answer)
