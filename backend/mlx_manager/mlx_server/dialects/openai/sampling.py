"""How the next token is chosen and when to stop, the same for chat and completions."""

from typing import Any

from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.dialects.openai.schema import GenerationBody
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

MAX_STOPS = 16
MAX_STOP_CHARS = 1024
MAX_BIASES = 1024
MAX_BIAS = 100


def read_sampling(body: GenerationBody) -> SamplingParams:
    """The sampling parameters, null meaning OpenAI's default (temperature 1, top_p 1)."""
    top_p = _or(body.top_p, 1.0)
    top_k = max(_or(body.top_k, 0), 0)
    if top_p == 0:
        # The smallest nucleus there is: the one most likely token.
        top_p, top_k = 1.0, 1
    return SamplingParams(
        temperature=_or(body.temperature, 1.0),
        top_p=top_p,
        top_k=int(top_k),
        min_p=_or(body.min_p, 0.0),
        repetition_penalty=_or(body.repetition_penalty, 1.0),
        presence_penalty=_or(body.presence_penalty, 0.0),
        frequency_penalty=_or(body.frequency_penalty, 0.0),
        logit_bias=read_logit_bias(body.logit_bias),
        seed=body.seed,
    )


def read_lengths(max_tokens: int | None, body: GenerationBody) -> tuple[int | None, int]:
    """``max_tokens`` and ``min_tokens``, the second no larger than the first."""
    min_tokens = int(_or(body.min_tokens, 0))
    check(
        max_tokens is None or min_tokens <= max_tokens,
        f"'min_tokens' ({min_tokens}) must not exceed 'max_tokens' ({max_tokens}).",
        "min_tokens",
    )
    return max_tokens, min_tokens


def read_stop(stop: Any) -> tuple[str, ...]:
    """One string or a list of them.

    Raises ``BadRequest`` naming the one that is wrong.
    """
    if stop is None:
        return ()
    if isinstance(stop, str):
        stop = [stop]
    if not isinstance(stop, list):
        raise BadRequest(
            f"'stop' must be a string or a list of strings; got {shown(stop)}.", param="stop"
        )
    return read_stop_list(stop, "stop", MAX_STOPS)


def read_stop_list(stops: list[Any], field: str, most: int) -> tuple[str, ...]:
    """At most so many strings. Raises ``BadRequest`` naming the one that is wrong."""
    check(
        len(stops) <= most,
        f"'{field}' takes at most {most} strings; got {len(stops)}.",
        field,
    )
    for at, text in enumerate(stops):
        check(
            isinstance(text, str) and 0 < len(text) <= MAX_STOP_CHARS,
            f"'{field}[{at}]' must be a string of 1 to {MAX_STOP_CHARS} characters; "
            f"got {shown(text)}.",
            f"{field}[{at}]",
        )
    return tuple(stops)


def read_logit_bias(bias: Any) -> tuple[tuple[int, float], ...]:
    """Token ids with what is added to their logits; the keys are strings, as JSON has it.

    Raises ``BadRequest`` naming the entry that is wrong.
    """
    if bias is None:
        return ()
    if not isinstance(bias, dict):
        raise BadRequest(
            f"'logit_bias' must be an object of token ids to numbers; got {shown(bias)}.",
            param="logit_bias",
        )
    check(
        len(bias) <= MAX_BIASES,
        f"'logit_bias' takes at most {MAX_BIASES} tokens; got {len(bias)}.",
        "logit_bias",
    )
    return tuple((_token_id(key), _amount(key, value)) for key, value in bias.items())


def _token_id(key: str) -> int:
    check(
        key.isascii() and key.isdigit() and len(key) <= 10,
        f"The keys of 'logit_bias' must be token ids such as \"50256\"; got {shown(key)}.",
        "logit_bias",
    )
    return int(key)


def _amount(key: str, value: Any) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    check(
        is_number and -MAX_BIAS <= value <= MAX_BIAS,
        f"'logit_bias.{key}' must be a number from -{MAX_BIAS} to {MAX_BIAS}; got {shown(value)}.",
        f"logit_bias.{key}",
    )
    return float(value)


def _or(value: float | None, default: float) -> float:
    """Not ``value or default``: 0 is a value."""
    return default if value is None else value
