"""Tokens that are counted elsewhere (https://docs.anthropic.com/en/api/messages-count-tokens)."""

from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.doors import Question, QuestionKind
from mlx_manager.mlx_server.core.estimate import estimated_prompt
from mlx_manager.mlx_server.core.request import GenerationRequest


def count_question(request: GenerationRequest, body: Mapping[str, Any]) -> Question[int]:
    """``body`` as it came, which ``request`` was read from."""
    return Question(
        kind=QuestionKind.COUNT,
        model=request.model,
        caller=request.principal,
        body=body,
        read=_read_count,
        tokens=estimated_prompt(request),
        request=request,
    )


def _read_count(reply: Mapping[str, Any], tokens: int) -> int:
    """Raises ``ValueError`` for a reply without one."""
    del tokens
    count = reply.get("input_tokens")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ValueError("no 'input_tokens'")
    return count
