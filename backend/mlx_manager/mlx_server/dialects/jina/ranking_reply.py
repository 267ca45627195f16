"""Scores that are given elsewhere: how they are asked for, and read. Jina's form
(https://jina.ai/reranker), which Cohere's, vLLM's and others' agree with as far as it is used."""

import math
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.doors import Question, QuestionKind
from mlx_manager.mlx_server.core.embedding import Ranking, RankingRequest
from mlx_manager.mlx_server.core.estimate import estimated_tokens


def ranking_question(request: RankingRequest) -> Question[Ranking]:
    """Every document's score is asked for: how many are shown is decided here, and their texts are
    here too."""
    count = len(request.documents)
    body: dict[str, Any] = {
        "query": request.query,
        "documents": list(request.documents),
        "top_n": count,
    }
    if request.instruction is not None:
        body["instruction"] = request.instruction
    return Question(
        kind=QuestionKind.RERANK,
        model=request.model,
        caller=request.principal,
        body=body,
        read=lambda reply, tokens: read_ranking(reply, count, tokens),
        # Each document is read together with the query.
        tokens=estimated_tokens(request.documents) + count * estimated_tokens((request.query,)),
    )


def read_ranking(reply: Mapping[str, Any], count: int, tokens: int) -> Ranking:
    """The scores in the order of the documents, on the other server's scale. Raises ``ValueError``
    unless there is one for each of ``count``."""
    results = reply.get("results")
    if not isinstance(results, list):
        raise ValueError("no list of results")
    scores: dict[int, float] = {}
    for result in results:
        index = result.get("index") if isinstance(result, dict) else None
        score = result.get("relevance_score") if isinstance(result, dict) else None
        if not isinstance(index, int) or not isinstance(score, int | float):
            raise ValueError("a result without its index or score")
        scores[index] = float(score)
    if set(scores) != set(range(count)) or not all(map(math.isfinite, scores.values())):
        raise ValueError(f"scores for {len(scores)} documents, not for the {count} that were sent")
    return Ranking(tuple(scores[at] for at in range(count)), prompt_tokens=tokens)
