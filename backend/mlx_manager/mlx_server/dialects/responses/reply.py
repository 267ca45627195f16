"""The reply object: every field of OpenAI's reference, null where it says nothing."""

import time
from typing import Any

from mlx_manager.mlx_server.core.events import Finished
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.openai.usage import usage_body
from mlx_manager.mlx_server.dialects.responses.schema import ReasoningConfig, ResponseBody
from mlx_manager.mlx_server.dialects.responses.text_format import told_format
from mlx_manager.mlx_server.dialects.responses.tools import ToolSet
from mlx_manager.mlx_server.errors import BadRequest, ContextExceeded, InferenceError, Overloaded


def told_settings(body: ResponseBody, tools: ToolSet) -> dict[str, Any]:
    """The reply before anything has happened, without its id: what was asked for, repeated."""
    text = body.text
    return {
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": bool(body.background),
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": body.instructions,
        "max_output_tokens": body.max_output_tokens,
        "max_tool_calls": body.max_tool_calls,
        "model": body.model,
        "output": [],
        "parallel_tool_calls": body.parallel_tool_calls is not False,
        "previous_response_id": body.previous_response_id,
        "prompt_cache_key": body.prompt_cache_key,
        "reasoning": _told_reasoning(body.reasoning),
        "safety_identifier": body.safety_identifier,
        "service_tier": "default",
        "store": body.store is not False,
        "temperature": 1.0 if body.temperature is None else body.temperature,
        "presence_penalty": body.presence_penalty or 0.0,
        "frequency_penalty": body.frequency_penalty or 0.0,
        "text": {
            "format": told_format(text.format if text else None),
            "verbosity": (text.verbosity if text else None) or "medium",
        },
        "tool_choice": tools.told_choice,
        "tools": list(tools.told),
        "top_logprobs": body.top_logprobs or 0,
        "top_p": 1.0 if body.top_p is None else body.top_p,
        "truncation": body.truncation or "disabled",
        "usage": None,
        "user": body.user,
        "metadata": body.metadata or {},
    }


def told_defaults(request: GenerationRequest) -> dict[str, Any]:
    """What a profile's defaults made of the settings that the caller left out. Its system prompt
    is not repeated: that is between its maker and the model."""
    sampling = request.sampling
    settings = (
        ("temperature", "temperature", sampling.temperature),
        ("top_p", "top_p", sampling.top_p),
        ("presence_penalty", "presence_penalty", sampling.presence_penalty),
        ("frequency_penalty", "frequency_penalty", sampling.frequency_penalty),
        ("max_tokens", "max_output_tokens", request.max_tokens),
        ("parallel_tool_calls", "parallel_tool_calls", request.tool_choice.parallel),
    )
    return {told: value for ours, told, value in settings if ours not in request.given}


def _told_reasoning(reasoning: ReasoningConfig | None) -> dict[str, str | None]:
    if reasoning is None:
        return {"effort": None, "summary": None}
    return {
        "effort": reasoning.effort,
        "summary": reasoning.summary or reasoning.generate_summary,
    }


def told_usage(finished: Finished) -> dict[str, Any]:
    """OpenAI's ``usage`` object for responses, and our ``timings`` in it (milliseconds)."""
    usage = finished.usage
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "timings": usage_body(usage, finished.timing)["timings"],
    }


def told_error(error: InferenceError) -> dict[str, Any]:
    """The ``error`` of a failed response, with one of the reference's codes; agents look for
    ``context_length_exceeded`` too."""
    match error:
        case ContextExceeded():
            code = "context_length_exceeded"
        case BadRequest():
            code = "invalid_prompt"
        case Overloaded():
            code = "rate_limit_exceeded"
        case _:
            code = "server_error"
    return {"code": code, "message": error.message}
