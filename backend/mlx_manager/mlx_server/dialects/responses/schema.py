"""The fields of the bodies, with their types and ranges; unknown fields are ignored.

Fields typed ``Any`` hold shapes that a union would report badly: their own files read them, and
``shapes`` describes them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mlx_manager.mlx_server.dialects.openai.schema import Count, GenerationBody, Whole
from mlx_manager.mlx_server.dialects.responses import shapes

Name = Annotated[str, Field(max_length=1024)]
Metadata = Annotated[
    dict[
        Annotated[str, Field(max_length=64)],
        Annotated[str, Field(max_length=512)],
    ],
    Field(max_length=16),
]


class TextConfig(BaseModel):
    """How the text is to look; ``format`` is read by ``text_format``."""

    model_config = ConfigDict(strict=True, extra="ignore")

    format: Annotated[Any, shapes.FORMAT] = None
    verbosity: Literal["low", "medium", "high"] | None = None


class ReasoningConfig(BaseModel):
    """How much to think, and whether a summary of it is wanted."""

    model_config = ConfigDict(strict=True, extra="ignore")

    effort: Name | None = None
    summary: Name | None = None
    generate_summary: Name | None = None


class ContextBody(BaseModel):
    """What both creating and compacting take: the model and the conversation so far."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    input: Annotated[Any, shapes.INPUT] = None
    instructions: str | None = None
    previous_response_id: Name | None = None


class ResponseBody(GenerationBody, ContextBody):
    """POST /v1/responses, and the ``response.create`` event of a socket (``generate``)."""

    tools: Annotated[list[Any] | None, shapes.TOOLS] = None
    tool_choice: Annotated[Any, shapes.TOOL_CHOICE] = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: Count | None = None
    max_tool_calls: Count | None = None
    text: TextConfig | None = None
    reasoning: ReasoningConfig | None = None
    top_logprobs: Annotated[Whole, Field(ge=0, le=20)] | None = None
    include: list[Any] | None = None
    truncation: Literal["auto", "disabled"] | None = None

    store: bool | None = None
    background: bool | None = None
    generate: bool | None = None
    conversation: Any = None
    prompt: Any = None

    metadata: Metadata | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
