"""POST /completions: raw prompts, one choice or more for each."""

from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import EventStream, JsonReply, Reply
from mlx_manager.mlx_server.api.walks import answers, preceded, side_by_side, spine_of
from mlx_manager.mlx_server.core.elsewhere import Walk
from mlx_manager.mlx_server.core.events import GenerationEvent, TextDelta
from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.openai.decode_completion import decode_completion
from mlx_manager.mlx_server.dialects.openai.encode_completion import (
    CompletionChunks,
    completion_body,
)
from mlx_manager.mlx_server.dialects.openai.schema import CompletionBody
from mlx_manager.mlx_server.dialects.openai.usage import server_timing, sum_usage
from mlx_manager.mlx_server.generate import lease_for
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.output.logprobs import unspoken

router = APIRouter(tags=["completions"])


@router.post("/completions", openapi_extra=json_body(CompletionBody))
async def completions(request: Request, caller: Spender) -> Response:
    """OpenAI completions, streamed when ``stream`` is true."""
    body = await read_json(request)
    call = decode_completion(body, request_id=request_id(request), caller=caller)
    state = request.app.state
    model, each = call.requests[0].model, call.choices_each
    walks = [spine_of(state)(one) for one in call.requests]
    if call.echo:
        pairs = zip(call.requests, walks, strict=True)
        walks = [_echo(one, state.pool, walk) for one, walk in pairs]
    if call.stream:
        return EventStream(
            side_by_side(walks),
            CompletionChunks(
                model, choices=len(walks), include_usage=call.include_usage, choices_each=each
            ),
            keep_alive_seconds=state.settings.keep_alive_seconds,
        )

    async def answer() -> Reply:
        choices = await answers(walks)
        _, timing = sum_usage([choice.finished for choice in choices])
        answered = completion_body(model, choices, choices_each=each)
        return Reply(answered, {"server-timing": server_timing(timing)})

    return JsonReply(answer)


async def _echo(request: GenerationRequest, pool: ModelPoolManager, events: Walk) -> Walk:
    """The prompt first, in the model's own words where it is token ids."""
    async with aclosing(preceded(await _prompt(request, pool), events)) as walk:
        async for event in walk:
            yield event


async def _prompt(request: GenerationRequest, pool: ModelPoolManager) -> list[GenerationEvent]:
    """What the model was asked, as events; a plain text needs no tokenizer."""
    if request.text is not None and request.top_logprobs is None:
        return [TextDelta(request.text)]
    check_access(request.principal, request.model, request.adapter)
    async with lease_for(request, pool) as lease:
        return _in_its_words(lease.handle.tokenizer, request)


def _in_its_words(tokenizer: Tokenizer, request: GenerationRequest) -> list[GenerationEvent]:
    ids, text = request.token_ids, request.text
    if request.top_logprobs is not None:
        ids = ids if ids is not None else tuple(tokenizer.encode(text or "", False))
        said = TextDelta(tokenizer.decode(ids) if text is None else text)
        return [unspoken(tokenizer, ids), said]
    return [TextDelta(tokenizer.decode(ids or ()) if text is None else text)]
