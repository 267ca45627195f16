"""POST /completions: raw prompts, one choice for each."""

from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Caller
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import EventStream, JsonReply, Reply
from mlx_manager.mlx_server.api.walks import Walk, echoed, side_by_side
from mlx_manager.mlx_server.core.events import Finished, TextDelta
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.openai.decode_completion import (
    CompletionCall,
    decode_completion,
)
from mlx_manager.mlx_server.dialects.openai.encode_completion import (
    ChoiceText,
    CompletionChunks,
    completion_body,
)
from mlx_manager.mlx_server.dialects.openai.usage import server_timing, sum_usage
from mlx_manager.mlx_server.generate import generate
from mlx_manager.mlx_server.models.pool import ModelPoolManager

router = APIRouter(tags=["completions"])


@router.post("/completions")
async def completions(request: Request, caller: Caller) -> Response:
    """OpenAI completions, streamed when ``stream`` is true."""
    body = await read_json(request)
    call = decode_completion(body, request_id=request_id(request), caller=caller)
    state = request.app.state
    walks = [_walk(one, state.pool, echo=call.echo) for one in call.requests]
    if call.stream:
        return EventStream(
            side_by_side(walks),
            CompletionChunks(
                call.requests[0].model, choices=len(walks), include_usage=call.include_usage
            ),
            keep_alive_seconds=state.settings.keep_alive_seconds,
        )

    async def answer() -> Reply:
        return await _answer(call, walks)

    return JsonReply(answer)


def _walk(request: GenerationRequest, pool: ModelPoolManager, *, echo: bool) -> Walk:
    events = generate(request, pool)
    return _echo(request, pool, events) if echo else events


async def _echo(request: GenerationRequest, pool: ModelPoolManager, events: Walk) -> Walk:
    """A prompt of token ids is told in the model's own words."""
    prompt = request.text
    if prompt is None:
        ids = list(request.token_ids or ())
        async with pool.lease(request.model, allow_paths=request.principal.is_admin) as lease:
            prompt = lease.handle.tokenizer.decode(ids)
    async with aclosing(echoed(prompt, events)) as walk:
        async for event in walk:
            yield event


async def _answer(call: CompletionCall, walks: list[Walk]) -> Reply:
    texts: list[list[str]] = [[] for _ in walks]
    ends: dict[int, Finished] = {}
    async with aclosing(side_by_side(walks)) as choices:
        async for choice in choices:
            if isinstance(choice.event, TextDelta):
                texts[choice.index].append(choice.event.text)
            elif isinstance(choice.event, Finished):
                ends[choice.index] = choice.event
    whole = [ChoiceText("".join(text), ends[at]) for at, text in enumerate(texts)]
    _, timing = sum_usage([choice.finished for choice in whole])
    return Reply(
        completion_body(call.requests[0].model, whole), {"server-timing": server_timing(timing)}
    )
