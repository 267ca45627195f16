"""Embeddings that are made elsewhere: how they are asked for, and how the vectors are read
(https://platform.openai.com/docs/api-reference/embeddings)."""

import base64
import binascii
import math
import sys
from array import array
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.doors import Question, QuestionKind
from mlx_manager.mlx_server.core.embedding import EmbeddingRequest, Embeddings, Vector
from mlx_manager.mlx_server.core.estimate import estimated_tokens

_WIDTH_BYTES = 4


def embedding_question(request: EmbeddingRequest) -> Question[Embeddings]:
    """In base64, as OpenAI's own SDKs ask: it loses nothing, and who does not know it sends
    numbers."""
    inputs = [each if isinstance(each, str) else list(each) for each in request.inputs]
    body: dict[str, Any] = {"input": inputs, "encoding_format": "base64"}
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    return Question(
        kind=QuestionKind.EMBEDDINGS,
        model=request.model,
        caller=request.principal,
        body=body,
        read=lambda reply, tokens: read_embeddings(reply, len(inputs), tokens),
        tokens=estimated_tokens(request.inputs),
    )


def read_embeddings(reply: Mapping[str, Any], count: int, tokens: int) -> Embeddings:
    """The vectors in the order of the inputs. Raises ``ValueError`` unless there is one, whole and
    as long as the others, for each of ``count``."""
    data = reply.get("data")
    if not isinstance(data, list) or len(data) != count:
        raise ValueError(f"no list of {count} embeddings")
    found: dict[int, Vector[float]] = {}
    for at, entry in enumerate(data):
        if not isinstance(entry, dict):
            raise ValueError("an embedding that is no object")
        index = entry.get("index", at)
        if not isinstance(index, int) or not 0 <= index < count:
            raise ValueError("an embedding of no input")
        found[index] = _vector(entry.get("embedding"))
    if len(found) != count or len({len(vector) for vector in found.values()}) != 1:
        raise ValueError("embeddings that are missing or of different lengths")
    return Embeddings(tuple(found[at] for at in range(count)), prompt_tokens=tokens)


def _vector(told: Any) -> "Vector[float]":
    try:
        vector = _decoded(told) if isinstance(told, str) else array("f", told)
    except (TypeError, OverflowError, binascii.Error) as error:
        raise ValueError("an embedding that is no list of numbers") from error
    if not vector or not all(map(math.isfinite, vector)):
        raise ValueError("an embedding without numbers")
    return vector


def _decoded(text: str) -> "Vector[float]":
    """32-bit floats, little-endian."""
    raw = base64.b64decode(text, validate=True)
    if len(raw) % _WIDTH_BYTES:
        raise ValueError("an embedding that was cut off")
    vector = array("f", raw)
    if sys.byteorder == "big":
        vector.byteswap()
    return vector
