"""What a caller has left, as OpenAI's reply headers
(https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers)."""

import math

from mlx_manager.mlx_server.core.allowance import Standing

LIMIT_HEADERS = tuple(
    f"x-ratelimit-{what}-{noun}"
    for noun in ("requests", "tokens")
    for what in ("limit", "remaining", "reset")
)


def limit_headers(standing: Standing) -> dict[str, str]:
    """``x-ratelimit-{limit,remaining,reset}-{requests,tokens}`` where there are limits."""
    return {
        f"x-ratelimit-{what}-{noun}": value
        for noun, meter in (("requests", standing.requests), ("tokens", standing.tokens))
        if meter is not None
        for what, value in (
            ("limit", str(meter.limit)),
            ("remaining", str(meter.remaining)),
            ("reset", duration(meter.reset_seconds)),
        )
    }


def duration(seconds: float) -> str:
    """As OpenAI writes it: ``0s``, ``1m30s``, ``5h0m12s``; rounded up."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
