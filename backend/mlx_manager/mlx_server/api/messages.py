"""POST /messages and /messages/count_tokens."""

from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.answer import plain_answer
from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Caller, Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import EventStream, JsonReply, Reply
from mlx_manager.mlx_server.api.walks import spine_of
from mlx_manager.mlx_server.dialects.anthropic.count_reply import count_question
from mlx_manager.mlx_server.dialects.anthropic.decode import decode_count, decode_messages
from mlx_manager.mlx_server.dialects.anthropic.encode_events import MessageEvents
from mlx_manager.mlx_server.dialects.anthropic.encode_message import collect_message
from mlx_manager.mlx_server.dialects.anthropic.schema import CountBody, MessagesBody
from mlx_manager.mlx_server.dialects.openai.usage import server_timing
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.prompt.build import count_prompt

router = APIRouter(tags=["messages"])


@router.post("/messages", openapi_extra=json_body(MessagesBody))
async def messages(request: Request, caller: Spender) -> Response:
    """Anthropic messages, streamed when ``stream`` is true."""
    name = request_id(request)
    call = decode_messages(await read_json(request), request_id=name, caller=caller)
    state = request.app.state
    model, shows_thinking = call.request.model, call.shows_thinking
    events = spine_of(state)(call.request)
    if call.stream:
        return EventStream(
            events,
            MessageEvents(model, name, shows_thinking=shows_thinking),
            keep_alive_seconds=state.settings.keep_alive_seconds,
        )

    async def answer() -> Reply:
        async with aclosing(events):
            whole = await collect_message(model, events, shows_thinking=shows_thinking)
        return Reply(whole.body, {"server-timing": server_timing(whole.finished.timing)})

    return JsonReply(answer)


@router.post("/messages/count_tokens", openapi_extra=json_body(CountBody))
async def count_tokens(request: Request, caller: Caller) -> Response:
    """How many tokens a message's prompt has: as the model's own template writes it, tools
    included, and however long, since agents ask in order to know whether it is too long."""
    body = await read_json(request)
    counted = decode_count(body, request_id=request_id(request), caller=caller)
    state = request.app.state
    pool = state.pool

    async def here() -> int:
        check_access(caller, counted.model)
        async with pool.lease(counted.model, allow_paths=caller.is_admin) as lease:
            asked = pool.profiles.applied(counted)
            return await count_prompt(lease.handle, asked)

    async def answer() -> Reply:
        question = count_question(counted, body)
        return Reply({"input_tokens": await plain_answer(question, state.doors, here)})

    return JsonReply(answer)
