"""The fields of the bodies, with their types and ranges; unknown fields are ignored.

Fields typed ``Any`` hold shapes that a union would report badly: their own files read them.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

INT32_MAX = 2**31 - 1


def _whole(value: Any) -> Any:
    """JavaScript has one number type and may send 100.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class CountBody(BaseModel):
    """POST /v1/messages/count_tokens: everything that is part of the prompt."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    messages: Annotated[list[Any], Field(min_length=1)]
    system: Any = None
    tools: list[Any] | None = None
    tool_choice: Any = None
    thinking: Any = None
    output_config: Any = None
    output_format: Any = None


class MessagesBody(CountBody):
    """POST /v1/messages. Null means the default everywhere; ``adapter`` is our own, as in chat."""

    adapter: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    max_tokens: Annotated[Whole, Field(ge=1, le=INT32_MAX)]
    stream: bool | None = None
    temperature: Share | None = None
    top_p: Share | None = None
    top_k: Annotated[Whole, Field(ge=0, le=INT32_MAX)] | None = None
    stop_sequences: list[Any] | None = None
