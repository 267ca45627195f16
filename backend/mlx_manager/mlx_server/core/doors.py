"""The fork of plain questions (tokens, vectors, scores): another process, or another machine, may
answer them.

What generates has a fork of its own (``core.elsewhere``). A question and its answer here are one
JSON object each, in a dialect that others speak too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from mlx_manager.mlx_server.core.events import Timing, Usage
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.parts import part, whole
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.mlx_server.core.request import GenerationRequest

Result = TypeVar("Result")

PlainHere = Callable[[], Awaitable[Result]]
"""Answers the question at hand in this process, anew at each call."""


class QuestionKind(StrEnum):
    """By the routes, below ``/v1``, where they are asked."""

    EMBEDDINGS = "/embeddings"
    RERANK = "/rerank"
    COUNT = "/messages/count_tokens"
    TOKENIZE = "/tokenize"
    DETOKENIZE = "/detokenize"

    @property
    def is_work(self) -> bool:
        """Whether a model reads the texts, so that they are charged for."""
        return self in (QuestionKind.EMBEDDINGS, QuestionKind.RERANK)


@dataclass(frozen=True, slots=True)
class Question(Generic[Result]):
    """``body`` is what others are asked with, and ``model`` goes with it by the name it has there.

    ``read`` takes their reply and how many tokens it cost; it raises ``ValueError`` for what is no
    answer, and runs in a thread. ``tokens`` is an estimate of the texts' size. A count of tokens
    has its prompt in ``request``, for those who ask in words of their own.
    """

    kind: QuestionKind
    model: ModelId
    caller: Principal
    body: Mapping[str, Any]
    read: Callable[[Mapping[str, Any], int], Result]
    tokens: int = 0
    request: GenerationRequest | None = None


class Doors(Protocol):
    """Who may answer in this process's place; the parent application brings its own."""

    def ask(self, question: Question[Result], here: PlainHere[Result]) -> Awaitable[Result] | None:
        """None leaves the question to ``here``; what is awaited instead may come back to it.

        What is not answered by ``here`` is charged and recorded (``answered``), and the record's
        ``place`` names the machine where that is another one.
        """
        ...


class NoDoors:
    """Everything is here."""

    def ask(self, question: Question[Result], here: PlainHere[Result]) -> Awaitable[Result] | None:
        """Here."""
        del question, here
        return None


@dataclass(frozen=True, slots=True)
class NestedDoors:
    """``outer`` decides first; what it leaves to "here" is ``inner``'s to decide."""

    outer: Doors
    inner: Doors

    def ask(self, question: Question[Result], here: PlainHere[Result]) -> Awaitable[Result] | None:
        """The outer one's answer, or the inner one's."""

        def within() -> Awaitable[Result]:
            return self.inner.ask(question, here) or here()

        return self.outer.ask(question, within) or self.inner.ask(question, here)


async def answered(question: Question[Result], reply: Awaitable[Mapping[str, Any]]) -> Result:
    """What a reply from elsewhere says, charged to the caller: by its own count or, where it tells
    none and where the caller leaves, by the estimate. Raises what ``reply`` and ``read`` raise."""
    allowance = question.caller.allowance
    try:
        told = await reply
    except asyncio.CancelledError:
        if question.kind.is_work:
            allowance.spend(question.tokens)
        raise
    tokens = _tokens_told(told) or question.tokens
    result = await asyncio.to_thread(question.read, told, tokens)
    record = current_record()
    record.served = True
    if question.kind.is_work:
        allowance.spend(tokens)
        record.count(question.body, Usage(tokens, 0), Timing())
    return result


def _tokens_told(reply: Mapping[str, Any]) -> int:
    """OpenAI's and Jina's ``usage``, or Cohere's ``meta``; 0 where nothing is told."""
    usage, tokens = part(reply, "usage"), part(part(reply, "meta"), "tokens")
    told = (whole(usage, "prompt_tokens"), whole(usage, "total_tokens"))
    return next((count for count in (*told, whole(tokens, "input_tokens")) if count), 0)
