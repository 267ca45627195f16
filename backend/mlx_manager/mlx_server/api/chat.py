"""POST /chat/completions."""

from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Caller
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import EventStream, JsonReply, Reply
from mlx_manager.mlx_server.dialects.openai.decode_chat import decode_chat
from mlx_manager.mlx_server.dialects.openai.encode_chat import ChatChunks, chat_body
from mlx_manager.mlx_server.dialects.openai.usage import server_timing
from mlx_manager.mlx_server.generate import collect, generate

router = APIRouter(tags=["chat"])


@router.post("/chat/completions")
async def chat_completions(request: Request, caller: Caller) -> Response:
    """OpenAI chat completions, streamed when ``stream`` is true."""
    body = await read_json(request)
    call = decode_chat(body, request_id=request_id(request), caller=caller)
    state = request.app.state
    events = generate(call.request, state.pool)
    if call.stream:
        return EventStream(
            events,
            ChatChunks(call.request.model, include_usage=call.include_usage),
            keep_alive_seconds=state.settings.keep_alive_seconds,
        )

    async def answer() -> Reply:
        async with aclosing(events):
            whole = await collect(events)
        answered = chat_body(
            call.request.model,
            text=whole.text,
            reasoning=whole.reasoning,
            tool_calls=whole.tool_calls,
            finished=whole.finished,
        )
        return Reply(answered, {"server-timing": server_timing(whole.finished.timing)})

    return JsonReply(answer)
