"""The bodies of POST /v1/messages and .../count_tokens -> ``GenerationRequest``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest, Message, SamplingParams
from mlx_manager.mlx_server.dialects.anthropic.output_format import read_output_format
from mlx_manager.mlx_server.dialects.anthropic.schema import CountBody, MessagesBody
from mlx_manager.mlx_server.dialects.anthropic.thinking import read_thinking
from mlx_manager.mlx_server.dialects.anthropic.tools import read_tools
from mlx_manager.mlx_server.dialects.anthropic.turns import read_turns
from mlx_manager.mlx_server.dialects.given import given_fields
from mlx_manager.mlx_server.dialects.openai.sampling import read_stop_list
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body

MAX_STOPS = 64


@dataclass(frozen=True, slots=True)
class MessagesCall:
    """What is wanted, and how it is to be sent."""

    request: GenerationRequest
    stream: bool
    shows_thinking: bool


def decode_messages(
    body: Mapping[str, Any], *, request_id: RequestId, caller: Principal
) -> MessagesCall:
    """Read a body of /v1/messages.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    wanted = read_body(MessagesBody, body)
    thinking = read_thinking(wanted.thinking, wanted.output_config)
    request = replace(
        _read_prompt(wanted, request_id, caller),
        reasoning_budget=thinking.budget_tokens,
        sampling=_read_sampling(wanted),
        max_tokens=wanted.max_tokens,
        stop=read_stop_list(wanted.stop_sequences or [], "stop_sequences", MAX_STOPS),
        grammar=read_output_format(wanted.output_format, wanted.output_config),
        adapter=wanted.adapter,
    )
    check(
        not (request.continues and (request.grammar or request.tool_choice.required)),
        "The last of 'messages' begins the assistant's answer, which cannot be held to a format "
        "or a tool from its middle on. End with a user's message.",
        "messages",
    )
    return MessagesCall(request, bool(wanted.stream), thinking.shown)


def decode_count(
    body: Mapping[str, Any], *, request_id: RequestId, caller: Principal
) -> GenerationRequest:
    """Read a body of /v1/messages/count_tokens: a request whose prompt is to be measured.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    return _read_prompt(read_body(CountBody, body), request_id, caller)


def _read_prompt(wanted: CountBody, request_id: RequestId, caller: Principal) -> GenerationRequest:
    toolset = read_tools(wanted.tools, wanted.tool_choice)
    turns = read_turns(wanted.system, wanted.messages)
    thinking = read_thinking(wanted.thinking, wanted.output_config)
    return GenerationRequest(
        request_id=request_id,
        model=ModelId(wanted.model),
        principal=caller,
        messages=turns,
        tools=toolset.tools,
        tool_choice=toolset.choice,
        template_kwargs=thinking.template_kwargs,
        effort=thinking.effort,
        continues=_begins_answer(turns),
        given=given_fields(wanted),
    )


def _begins_answer(turns: tuple[Message, ...]) -> bool:
    """Whether the caller has put the first words into the assistant's mouth (prefill)."""
    last = turns[-1] if turns else None
    if last is None or last.role != "assistant" or last.tool_calls:
        return False
    return bool(last.content)


def _read_sampling(wanted: MessagesBody) -> SamplingParams:
    top_p = 1.0 if wanted.top_p is None else wanted.top_p
    top_k = wanted.top_k or 0
    if top_p == 0:
        # The smallest nucleus there is: the one most likely token.
        top_p, top_k = 1.0, 1
    temperature = 1.0 if wanted.temperature is None else wanted.temperature
    return SamplingParams(temperature=temperature, top_p=top_p, top_k=top_k)
