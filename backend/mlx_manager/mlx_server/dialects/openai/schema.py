"""The fields of the bodies, with their types and ranges; unknown fields are ignored.

Fields typed ``Any`` hold shapes that a union would report badly: their own files read them, and
``shapes`` describes them.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mlx_manager.mlx_server.dialects.openai import shapes

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
MAX_CHOICES = 128


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
    adapter: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
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
    logit_bias: Annotated[Any, shapes.LOGIT_BIAS] = None

    max_tokens: Count | None = None
    min_tokens: Annotated[Whole, Field(ge=0, le=INT32_MAX)] | None = None
    ignore_eos: bool | None = None
    stop: Annotated[Any, shapes.STOP] = None
    n: Annotated[Whole, Field(ge=1, le=MAX_CHOICES)] | None = None

    response_format: Annotated[Any, shapes.RESPONSE_FORMAT] = None
    guided_json: Annotated[Any, shapes.GUIDED_JSON] = None
    guided_regex: str | None = None
    guided_grammar: str | None = None


class ChatBody(GenerationBody):
    """POST /v1/chat/completions."""

    messages: Annotated[list[Any], Field(min_length=1), shapes.MESSAGES]
    max_completion_tokens: Count | None = None
    tools: Annotated[list[Any] | None, shapes.TOOLS] = None
    tool_choice: Annotated[Any, shapes.TOOL_CHOICE] = None
    parallel_tool_calls: bool | None = None
    functions: list[Any] | None = None
    function_call: Any = None
    logprobs: bool | None = None
    top_logprobs: Annotated[Whole, Field(ge=0, le=20)] | None = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    modalities: list[Any] | None = None


class CompletionBody(GenerationBody):
    """POST /v1/completions."""

    prompt: Annotated[Any, shapes.PROMPT]
    echo: bool | None = None
    suffix: str | None = None
    logprobs: Annotated[Whole, Field(ge=0, le=20)] | None = None
    best_of: Annotated[Whole, Field(ge=1, le=MAX_CHOICES)] | None = None


class TokenizeBody(BaseModel):
    """POST /v1/tokenize: a prompt, or messages as the model's template renders them."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    prompt: str | None = None
    messages: Annotated[list[Any] | None, shapes.MESSAGES] = None
    tools: Annotated[list[Any] | None, shapes.TOOLS] = None
    add_special_tokens: bool | None = None
    add_generation_prompt: bool | None = None


class DetokenizeBody(BaseModel):
    """POST /v1/detokenize."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    tokens: list[Annotated[Whole, Field(ge=0, le=INT32_MAX)]]
