"""POST /v1/embeddings: the body -> an ``EmbeddingRequest``, and the vectors -> the reply."""

import base64
import json
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from mlx_manager.mlx_server.core.embedding import EmbeddingRequest, Embeddings, Vector
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.dialects.openai.schema import Count
from mlx_manager.mlx_server.dialects.openai.texts import read_texts
from mlx_manager.mlx_server.dialects.openai.validation import read_body

MAX_INPUTS = 2048
"""As OpenAI's."""

_IDS = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
_TEXT = {"type": "string", "minLength": 1}
_LIST = {"type": "array", "items": {"anyOf": [_TEXT, _IDS]}, "minItems": 1, "maxItems": MAX_INPUTS}
_INPUT: dict[str, Any] = {
    "anyOf": [_TEXT, _IDS, _LIST],
    "description": "A text, token ids, or a list of either.",
}


class EmbeddingBody(BaseModel):
    """POST /v1/embeddings; unknown fields are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    input: Annotated[Any, WithJsonSchema(_INPUT)]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Count | None = None
    user: Annotated[Any, WithJsonSchema({"type": ["string", "null"]})] = None


@dataclass(frozen=True, slots=True)
class EmbeddingCall:
    """The request, and how its vectors are written."""

    request: EmbeddingRequest
    as_base64: bool


def decode_embeddings(body: Mapping[str, Any], *, caller: Principal) -> EmbeddingCall:
    """Read a body. Raises ``BadRequest`` naming the field that is wrong."""
    read = read_body(EmbeddingBody, body)
    request = EmbeddingRequest(
        model=ModelId(read.model),
        principal=caller,
        inputs=read_texts(read.input, "input", MAX_INPUTS),
        dimensions=read.dimensions,
    )
    return EmbeddingCall(request, as_base64=read.encoding_format == "base64")


def embeddings_json(model: str, embeddings: Embeddings, *, as_base64: bool) -> bytes:
    """The reply, a vector at a time; millions of numbers are work for a thread."""
    entries = ", ".join(
        f'{{"object": "embedding", "index": {at}, "embedding": {_written(vector, as_base64)}}}'
        for at, vector in enumerate(embeddings.vectors)
    )
    count = embeddings.prompt_tokens
    usage = json.dumps({"prompt_tokens": count, "total_tokens": count})
    head = f'{{"object": "list", "model": {json.dumps(model)}, "usage": {usage}'
    return f'{head}, "data": [{entries}]}}'.encode()


def _written(vector: "Vector[float]", as_base64: bool) -> str:
    if not as_base64:
        return json.dumps(vector.tolist(), allow_nan=False)
    if sys.byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return f'"{base64.b64encode(vector.tobytes()).decode()}"'
