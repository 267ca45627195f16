"""The fields of the bodies, with their types and ranges; unknown fields are ignored.

Fields typed ``Any`` hold shapes that a union would report badly: their own files read them.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1


def _whole(value: Any) -> Any:
    """Some clients have one number type only and send 100.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[Whole, Field(ge=1, le=INT32_MAX)]


def _number(low: float, high: float) -> Any:
    return Field(default=None, ge=low, le=high, allow_inf_nan=False)


class StreamOptions(BaseModel):
    """``include_usage`` asks for a last chunk with the token counts."""

    model_config = ConfigDict(strict=True, extra="ignore")

    include_usage: bool | None = None


class GenerationBody(BaseModel):
    """What chat completions and completions share. Null means the default everywhere."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    temperature: float | None = _number(0, 2)
    top_p: float | None = _number(0, 1)
    top_k: Annotated[Whole, Field(ge=-1, le=INT32_MAX)] | None = None
    min_p: float | None = _number(0, 1)
    repetition_penalty: float | None = _number(0.01, 10)
    presence_penalty: float | None = _number(-2, 2)
    frequency_penalty: float | None = _number(-2, 2)
    seed: Annotated[Whole, Field(ge=-INT64_MAX - 1, le=INT64_MAX)] | None = None

    max_tokens: Count | None = None
    min_tokens: Annotated[Whole, Field(ge=0, le=INT32_MAX)] | None = None
    ignore_eos: bool | None = None
    stop: Any = None

    n: Whole | None = None
    logprobs: Any = None
    logit_bias: Any = None


class ChatBody(GenerationBody):
    """POST /v1/chat/completions."""

    messages: Annotated[list[Any], Field(min_length=1)]
    max_completion_tokens: Count | None = None
    tools: list[Any] | None = None
    tool_choice: Any = None
    response_format: Any = None
    top_logprobs: Any = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None


class CompletionBody(GenerationBody):
    """POST /v1/completions."""

    prompt: Any
    echo: bool | None = None
    suffix: Any = None
    best_of: Whole | None = None
