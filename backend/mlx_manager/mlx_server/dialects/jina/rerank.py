"""POST /v1/rerank: the body -> a ``RankingRequest``, and the scores -> results, best first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from mlx_manager.mlx_server.core.embedding import Ranking, RankingRequest
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.dialects.openai.schema import Count
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body, shown
from mlx_manager.mlx_server.errors import BadRequest

MAX_DOCUMENTS = 2048

_TEXT = {"type": "string", "minLength": 1}
_OBJECT = {"type": "object", "properties": {"text": _TEXT}, "required": ["text"]}
_DOCUMENTS: dict[str, Any] = {
    "type": "array",
    "items": {"anyOf": [_TEXT, _OBJECT]},
    "minItems": 1,
    "maxItems": MAX_DOCUMENTS,
}


class RerankBody(BaseModel):
    """POST /v1/rerank; unknown fields are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    query: Annotated[str, Field(min_length=1)]
    documents: Annotated[
        list[Any], Field(min_length=1, max_length=MAX_DOCUMENTS), WithJsonSchema(_DOCUMENTS)
    ]
    top_n: Count | None = None
    return_documents: bool | None = None
    instruction: Annotated[str, Field(min_length=1)] | None = None


@dataclass(frozen=True, slots=True)
class RerankCall:
    """The request, how many results are sent, and whether with their texts."""

    request: RankingRequest
    top_n: int
    return_documents: bool


def decode_rerank(body: Mapping[str, Any], *, caller: Principal) -> RerankCall:
    """Read a body. Raises ``BadRequest`` naming the field that is wrong."""
    read = read_body(RerankBody, body)
    documents = tuple(_text(each, f"documents[{at}]") for at, each in enumerate(read.documents))
    request = RankingRequest(
        model=ModelId(read.model),
        principal=caller,
        query=read.query,
        documents=documents,
        instruction=read.instruction,
    )
    return RerankCall(request, read.top_n or len(documents), bool(read.return_documents))


def _text(document: Any, param: str) -> str:
    text = document.get("text") if isinstance(document, dict) else document
    if not isinstance(text, str):
        raise BadRequest(
            f"'{param}' must be a string, or an object with a string 'text'; got "
            f"{shown(document)}.",
            param=param,
        )
    check(bool(text), f"'{param}' must not be empty.", param)
    return text


def rerank_body(call: RerankCall, ranking: Ranking, request_id: RequestId) -> dict[str, Any]:
    """Results, best first; equals keep the order in which they came."""
    best = sorted(range(len(ranking.scores)), key=lambda at: -ranking.scores[at])
    count = ranking.prompt_tokens
    return {
        "id": request_id,
        "object": "list",
        "model": call.request.model,
        "results": [_result(call, ranking, at) for at in best[: call.top_n]],
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def _result(call: RerankCall, ranking: Ranking, at: int) -> dict[str, Any]:
    result: dict[str, Any] = {"index": at, "relevance_score": ranking.scores[at]}
    if call.return_documents:
        result["document"] = {"text": call.request.documents[at]}
    return result
