"""Generation events as lines: a word, a space, JSON. An empty line says only that we are there."""

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    SpokenLogprob,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.mlx_server.errors import EngineFailed, InferenceError

_ERROR = "error"
_LOGPROBS = "logprobs"
_WORDS: dict[type[Any], str] = {
    PromptProgress: "progress",
    TextDelta: "text",
    ReasoningDelta: "reasoning",
    ToolCallDelta: "call",
    Finished: "finished",
}
_KINDS = {word: kind for kind, word in _WORDS.items()}


@cache
def _adapter(word: str) -> TypeAdapter[Any]:
    """Made at its first use: a start needs none."""
    return TypeAdapter(_KINDS[word])


class RelayLines:
    """The encoder of a relayed stream."""

    def encode(self, item: GenerationEvent) -> bytes:
        """One line."""
        if isinstance(item, Logprobs):
            return _line(_LOGPROBS, json.dumps([_spoken(each) for each in item.entries]).encode())
        word = _WORDS[type(item)]
        return _line(word, _adapter(word).dump_json(item))

    def keep_alive(self) -> bytes:
        """An empty line."""
        return b"\n"

    def error(self, error: InferenceError) -> bytes:
        """The last line of a stream that fails."""
        told = {
            **error.to_openai()["error"],
            "status": error.status,
            "retry_after_seconds": error.retry_after_seconds,
        }
        return _line(_ERROR, json.dumps(told).encode())


def read_line(line: bytes) -> GenerationEvent | None:
    """The event of a line; None of an empty one. Raises the ``InferenceError`` that it tells,
    ``ValueError`` for what is no line of ours."""
    word, _, text = line.strip().decode().partition(" ")
    if not word:
        return None
    if word == _ERROR:
        told = json.loads(text)
        raise error_of(told["status"], told, told["retry_after_seconds"])
    if word == _LOGPROBS:
        return Logprobs(tuple(_unspoken(each) for each in json.loads(text)))
    if word not in _KINDS:
        raise ValueError(f"no event is called {word[:40]!r}")
    event: GenerationEvent = _adapter(word).validate_json(text)
    return event


def error_of(status: int, told: dict[str, Any], retry_after_seconds: int | None) -> InferenceError:
    """The error of the family that has this status and code, as it was raised elsewhere;
    ``EngineFailed`` for one that is not of the family."""
    code = told.get("code")
    kind = next(
        (each for each in _family(InferenceError) if (each.status, each.code) == (status, code)),
        EngineFailed,
    )
    message = str(told.get("message") or f"The model's process answered with status {status}.")
    return kind(message, param=told.get("param"), retry_after_seconds=retry_after_seconds)


def _family(kind: type[InferenceError]) -> list[type[InferenceError]]:
    below = [each for child in kind.__subclasses__() for each in _family(child)]
    return [*kind.__subclasses__(), *below]


def _line(word: str, text: bytes) -> bytes:
    return word.encode() + b" " + text + b"\n"


def _spoken(entry: SpokenLogprob) -> list[Any]:
    return [entry.text, entry.bytes.hex(), entry.logprob, [_spoken(each) for each in entry.top]]


def _unspoken(told: list[Any]) -> SpokenLogprob:
    text, coded, logprob, top = told
    return SpokenLogprob(text, bytes.fromhex(coded), logprob, tuple(_unspoken(t) for t in top))
