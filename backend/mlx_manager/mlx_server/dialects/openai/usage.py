"""Token counts and times, in the body and in the ``Server-Timing`` header."""

from collections.abc import Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import Finished, Timing, Usage


def usage_body(usage: Usage, timing: Timing) -> dict[str, Any]:
    """OpenAI's ``usage`` object, and our ``timings`` in it (milliseconds)."""
    decode = timing.decode_seconds
    speed = usage.completion_tokens / decode if decode > 0 else 0.0
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "timings": {
            "queue_ms": _milliseconds(timing.queue_seconds),
            "prefill_ms": _milliseconds(timing.prefill_seconds),
            "decode_ms": _milliseconds(decode),
            "tokens_per_second": round(speed, 2),
        },
    }


def server_timing(timing: Timing) -> str:
    """The value of a ``Server-Timing`` header (W3C Server Timing), in milliseconds."""
    return (
        f"queue;dur={_milliseconds(timing.queue_seconds)}, "
        f"prefill;dur={_milliseconds(timing.prefill_seconds)}, "
        f"decode;dur={_milliseconds(timing.decode_seconds)}"
    )


def sum_usage(finished: Sequence[Finished], *, choices_each: int = 1) -> tuple[Usage, Timing]:
    """The counts of several answers added, and the longest of their times: they ran together.

    Each ``choices_each`` neighbours share one prompt, which is counted once; what its first choice
    left in the cache for the others is no saving.
    """
    usages = [end.usage for end in finished]
    timings = [end.timing for end in finished]
    prompts = range(0, len(usages), choices_each)
    usage = Usage(
        prompt_tokens=sum(usages[at].prompt_tokens for at in prompts),
        completion_tokens=sum(u.completion_tokens for u in usages),
        cached_tokens=sum(
            min(u.cached_tokens for u in usages[at : at + choices_each]) for at in prompts
        ),
        reasoning_tokens=sum(u.reasoning_tokens for u in usages),
    )
    timing = Timing(
        queue_seconds=max((t.queue_seconds for t in timings), default=0.0),
        prefill_seconds=max((t.prefill_seconds for t in timings), default=0.0),
        decode_seconds=max((t.decode_seconds for t in timings), default=0.0),
    )
    return usage, timing


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
