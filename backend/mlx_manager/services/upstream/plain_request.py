"""A plain question -> where another server is asked it, and with what."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mlx_manager.mlx_server.core.doors import Question, QuestionKind, Result
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.services.upstream.anthropic_request import count_body
from mlx_manager.services.upstream.faults import NoWords
from mlx_manager.services.upstream.upstream import Upstream, UpstreamKind

_HERE = "Name a model of this machine"
_COUNTS = (
    f"which counts no tokens beforehand. {_HERE}, have an administrator route this one to a "
    "provider that speaks Anthropic's, or read the 'usage' of an answer"
)
_MAKES = f"{_HERE}, or have an administrator route this one to a provider that speaks OpenAI's"


def plain_body(
    upstream: Upstream, question: Question[Result], model: ModelId
) -> tuple[str, Mapping[str, Any]]:
    """The route below the base address, and the body, for ``model`` as it is called there.

    Vectors and scores are OpenAI's and Jina's to make, tokens Anthropic's to count. Raises
    ``NoWords`` for what its dialect has no route for; ids of tokens no other machine is asked for,
    since no dialect but ours has them.
    """
    speaks_anthropic = upstream.kind is UpstreamKind.ANTHROPIC
    if question.kind.is_work and not speaks_anthropic:
        return question.kind.value, {**question.body, "model": model}
    request = question.request
    if request is not None and (speaks_anthropic or upstream.speaks_both):
        return count_body(replace(request, model=model), strict=not upstream.speaks_both)
    raise NoWords(
        f"{upstream.name}, where this model is routed, {_why(question.kind)}.", param="model"
    )


def _why(kind: QuestionKind) -> str:
    if kind.is_work:
        what = "embeddings" if kind is QuestionKind.EMBEDDINGS else "reranking"
        return f"speaks Anthropic's dialect, which has no {what}. {_MAKES}"
    if kind is QuestionKind.COUNT:
        return f"speaks OpenAI's dialect, {_COUNTS}"
    return f"keeps its tokenizer to itself. {_HERE}"
