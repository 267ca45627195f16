"""Counts and endings in Anthropic's words, the same in a message and in its stream."""

import secrets
from typing import Any

from mlx_manager.mlx_server.core.events import Finished, FinishReason, PromptProgress, Usage
from mlx_manager.mlx_server.core.ids import ModelId

_STOP_REASONS = {
    FinishReason.STOP: "end_turn",
    FinishReason.LENGTH: "max_tokens",
    FinishReason.TOOL_CALLS: "tool_use",
}


def usage_body(usage: Usage) -> dict[str, Any]:
    """Anthropic's ``usage``: ``input_tokens`` are those that no cache held. Prefixes are kept
    without being asked for, so that none is ever billed as created."""
    return {
        "input_tokens": usage.prompt_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
    }


def usage_at_start(progress: PromptProgress | None) -> dict[str, Any]:
    """What is known before the first token: the prompt, and what of it was cached."""
    if progress is None:
        return usage_body(Usage(0, 0))
    return usage_body(Usage(progress.total, 0, cached_tokens=progress.processed))


def ending(finished: Finished) -> dict[str, str | None]:
    """``stop_reason`` and ``stop_sequence``; a call ends a turn whatever else was matched."""
    stop = finished.stop_sequence if finished.reason is FinishReason.STOP else None
    reason = _STOP_REASONS[finished.reason] if stop is None else "stop_sequence"
    return {"stop_reason": reason, "stop_sequence": stop}


def message_head(model: ModelId) -> dict[str, Any]:
    """The fields of a message that are known before it is written, under a fresh id."""
    return {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": model,
    }
