"""One request's prompt: rendered, encoded, measured against the context."""

import asyncio
from dataclasses import dataclass

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.request import GenerationRequest, Message
from mlx_manager.mlx_server.core.tokens import Prompt
from mlx_manager.mlx_server.errors import BadRequest, ContextExceeded
from mlx_manager.mlx_server.prompt.encoding import encode
from mlx_manager.mlx_server.prompt.infill import build_gap
from mlx_manager.mlx_server.prompt.segments import WORTH_CUTTING_TOKENS, cut_points
from mlx_manager.mlx_server.prompt.template import opens_reasoning, render


@dataclass(frozen=True, slots=True)
class BuiltPrompt:
    """``max_tokens`` is what the request may still generate within the context; ``stops`` end the
    text beside the caller's own."""

    prompt: Prompt
    max_tokens: int
    opens_reasoning: bool
    stops: tuple[str, ...] = ()


async def build_prompt(
    handle: ModelHandle, request: GenerationRequest, default_max_tokens: int
) -> BuiltPrompt:
    """Render and encode in a worker thread.

    Raises ``BadRequest`` for what the model cannot take, ``ContextExceeded`` for too much of it.
    """
    return await asyncio.to_thread(_build, handle, request, default_max_tokens)


async def count_prompt(handle: ModelHandle, request: GenerationRequest) -> int:
    """How many tokens the prompt of a chat has, however many the model can take.

    Raises ``BadRequest`` for what the model cannot take.
    """

    def count() -> int:
        text = render(handle.tokenizer, request, request.messages or ())
        return len(encode(handle, text, special=False))

    return await asyncio.to_thread(count)


def _build(handle: ModelHandle, request: GenerationRequest, default_max_tokens: int) -> BuiltPrompt:
    opens = False
    stops: tuple[str, ...] = ()
    if request.messages is not None:
        text = render(handle.tokenizer, request, request.messages)
        opens = opens_reasoning(handle.tokenizer, text)
        ids = encode(handle, text, special=False)
        prompt = Prompt(tuple(ids), _cuts(handle, request, request.messages, ids))
    elif request.suffix is not None:
        gap = build_gap(handle, request, request.suffix)
        prompt, stops = Prompt(tuple(gap.token_ids), (len(gap.token_ids),)), gap.stops
    else:
        given = request.token_ids
        ids = list(given) if given is not None else encode(handle, request.text or "")
        prompt = Prompt(tuple(ids), (len(ids),))
    limit = min(handle.context_length, request.context_length or handle.context_length)
    _check(handle, prompt, limit, request.model)
    room = limit - len(prompt)
    wanted = default_max_tokens if request.max_tokens is None else request.max_tokens
    return BuiltPrompt(prompt, min(wanted, room), opens, stops)


def _cuts(
    handle: ModelHandle, request: GenerationRequest, messages: tuple[Message, ...], ids: list[int]
) -> tuple[int, ...]:
    if len(ids) < WORTH_CUTTING_TOKENS:
        return (len(ids),)
    system = tuple(m for m in messages if m.role == "system")
    beginnings = []
    for fewer in (system, messages[:-1]):
        try:
            text = render(handle.tokenizer, request, fewer, for_answer=False) if fewer else ""
        except BadRequest:  # some templates want a user turn; then there is no such cut
            continue
        beginnings.append(encode(handle, text, special=False))
    return cut_points(ids, beginnings)


def _check(handle: ModelHandle, prompt: Prompt, limit: int, name: ModelId) -> None:
    if len(prompt) == 0:
        raise BadRequest("The prompt is empty: send at least one token.", param="prompt")
    if len(prompt) >= limit:
        raise ContextExceeded(
            f"The prompt has {len(prompt)} tokens and the context of {name!r} holds "
            f"{limit}, answer included. Shorten the prompt.",
            param="messages",
        )
    vocabulary = handle.vocabulary_size
    if vocabulary and not 0 <= min(prompt.token_ids) <= max(prompt.token_ids) < vocabulary:
        raise BadRequest(
            f"Token ids must be from 0 to {vocabulary - 1} for {handle.id!r}.", param="prompt"
        )
