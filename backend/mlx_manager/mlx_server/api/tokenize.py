"""POST /tokenize and /detokenize: what a model's tokenizer makes of a text, and back."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.answer import plain_answer
from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Caller
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.streaming import JsonReply, Reply
from mlx_manager.mlx_server.core.doors import Question, QuestionKind
from mlx_manager.mlx_server.core.estimate import estimated_prompt, estimated_tokens
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.given import given_fields
from mlx_manager.mlx_server.dialects.openai.messages import read_messages
from mlx_manager.mlx_server.dialects.openai.schema import INT32_MAX, DetokenizeBody, TokenizeBody
from mlx_manager.mlx_server.dialects.openai.tools import read_tools
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.prompt.template import render

router = APIRouter(tags=["tokenize"])

Told = Mapping[str, Any]


@router.post("/tokenize", openapi_extra=json_body(TokenizeBody))
async def tokenize(request: Request, caller: Caller) -> Response:
    """The token ids of a prompt, or of messages as the chat template renders them."""
    raw = await read_json(request)
    body = read_body(TokenizeBody, raw)
    asked = _asked(body, request_id(request), caller)
    state = request.app.state
    pool: ModelPoolManager = state.pool

    async def here() -> Told:
        check_access(caller, asked.model)
        async with pool.lease(asked.model, allow_paths=caller.is_admin) as lease:
            applied = pool.profiles.applied(asked)
            ids = await asyncio.to_thread(_encode, lease.handle, applied, body)
            limit = min(lease.handle.context_length, applied.context_length or INT32_MAX)
        return {"tokens": ids, "count": len(ids), "max_model_len": limit}

    async def answer() -> Reply:
        tokens = estimated_prompt(asked)
        question = Question(QuestionKind.TOKENIZE, asked.model, caller, raw, _as_told, tokens)
        return Reply(await plain_answer(question, state.doors, here))

    return JsonReply(answer)


@router.post("/detokenize", openapi_extra=json_body(DetokenizeBody))
async def detokenize(request: Request, caller: Caller) -> Response:
    """The text of token ids, special tokens included."""
    raw = await read_json(request)
    body = read_body(DetokenizeBody, raw)
    state, model = request.app.state, ModelId(body.model)
    pool: ModelPoolManager = state.pool

    async def here() -> Told:
        check_access(caller, model)
        async with pool.lease(model, allow_paths=caller.is_admin) as lease:
            return {"prompt": await asyncio.to_thread(_decode, lease.handle, body.tokens)}

    async def answer() -> Reply:
        tokens = estimated_tokens((body.tokens,))
        question = Question(QuestionKind.DETOKENIZE, model, caller, raw, _as_told, tokens)
        return Reply(await plain_answer(question, state.doors, here))

    return JsonReply(answer)


def _as_told(reply: Mapping[str, Any], tokens: int) -> Told:
    """Another process of ours has answered: it needs no reading, unless it was cut off."""
    del tokens
    if not reply:
        raise ValueError("nothing that can be read")
    return reply


def _asked(body: TokenizeBody, name: RequestId, caller: Principal) -> GenerationRequest:
    check(
        (body.prompt is None) != (body.messages is None),
        "Send either 'prompt' or 'messages': the text to encode, or the turns of a chat.",
        "prompt",
    )
    return GenerationRequest(
        request_id=name,
        model=ModelId(body.model),
        principal=caller,
        messages=None if body.messages is None else read_messages(body.messages),
        text=body.prompt,
        tools=read_tools(body.tools),
        given=given_fields(body),
    )


def _encode(handle: ModelHandle, asked: GenerationRequest, body: TokenizeBody) -> list[int]:
    """As the prompt of a generation is encoded, unless the body says otherwise."""
    text, special = asked.text or "", True
    if asked.messages is not None:
        for_answer = body.add_generation_prompt is not False
        text = render(handle.tokenizer, asked, asked.messages, for_answer=for_answer)
        special = False
    if body.add_special_tokens is not None:
        special = body.add_special_tokens
    return handle.tokenizer.encode(text, add_special_tokens=special)


def _decode(handle: ModelHandle, tokens: list[int]) -> str:
    top = handle.vocabulary_size
    if top and any(token >= top for token in tokens):
        raise BadRequest(
            f"'tokens' must be ids from 0 to {top - 1} for {handle.id!r}.", param="tokens"
        )
    return handle.tokenizer.decode(tokens)
