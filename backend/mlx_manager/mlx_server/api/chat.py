"""POST /chat/completions."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import EventStream, JsonReply, Reply
from mlx_manager.mlx_server.api.walks import answers, side_by_side, spine_of
from mlx_manager.mlx_server.dialects.openai.decode_chat import decode_chat
from mlx_manager.mlx_server.dialects.openai.encode_chat import ChatChunks, chat_body
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody
from mlx_manager.mlx_server.dialects.openai.usage import server_timing, sum_usage

router = APIRouter(tags=["chat"])


@router.post("/chat/completions", openapi_extra=json_body(ChatBody))
async def chat_completions(request: Request, caller: Spender) -> Response:
    """OpenAI chat completions, streamed when ``stream`` is true."""
    body = await read_json(request)
    call = decode_chat(body, request_id=request_id(request), caller=caller)
    state = request.app.state
    model = call.requests[0].model
    walks = [spine_of(state)(one) for one in call.requests]
    if call.stream:
        return EventStream(
            side_by_side(walks),
            ChatChunks(
                model,
                include_usage=call.include_usage,
                choices=len(walks),
                legacy=call.legacy,
            ),
            keep_alive_seconds=state.settings.keep_alive_seconds,
        )

    async def answer() -> Reply:
        choices = await answers(walks)
        _, timing = sum_usage([choice.finished for choice in choices])
        return Reply(
            chat_body(model, choices, legacy=call.legacy), {"server-timing": server_timing(timing)}
        )

    return JsonReply(answer)
