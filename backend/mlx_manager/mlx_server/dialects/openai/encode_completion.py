"""Events -> completion chunks, or one completion; several prompts are several choices."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    PromptProgress,
    TextDelta,
)
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.openai.frames import (
    DONE,
    error_event,
    progress_comment,
    quoted,
)
from mlx_manager.mlx_server.dialects.openai.usage import sum_usage, usage_body
from mlx_manager.mlx_server.errors import InferenceError


@dataclass(frozen=True, slots=True)
class ChoiceEvent:
    """An event of the choice at ``index``."""

    index: int
    event: GenerationEvent


@dataclass(frozen=True, slots=True)
class ChoiceText:
    """The whole text of one choice."""

    text: str
    finished: Finished


def completion_id() -> str:
    """A fresh id of one completion."""
    return f"cmpl-{secrets.token_hex(12)}"


class CompletionChunks:
    """Encodes one stream of ``choices`` answers; the counts and ``[DONE]`` follow the last end."""

    def __init__(self, model: ModelId, *, choices: int, include_usage: bool) -> None:
        usage = ',"usage":null' if include_usage else ""
        self._before = (
            f'data: {{"id":"{completion_id()}","object":"text_completion",'
            f'"created":{int(time.time())},"model":{quoted(model)},"system_fingerprint":null,'
        )
        self._heads = [f'{self._before}"choices":[{{"index":{at},"text":' for at in range(choices)]
        self._tail = f',"logprobs":null,"finish_reason":null}}]{usage}}}\n\n'
        self._end = f'"","logprobs":null,"finish_reason":"%s"}}]{usage}}}\n\n'
        self._include_usage = include_usage
        self._finished: list[Finished] = []
        self._progress: PromptProgress | None = None

    def encode(self, item: ChoiceEvent) -> bytes:
        """The chunks of one event; nothing for progress, which ``keep_alive`` tells."""
        event = item.event
        if isinstance(event, TextDelta):
            self._progress = None
            return f"{self._heads[item.index]}{quoted(event.text)}{self._tail}".encode()
        if isinstance(event, Finished):
            return self._encode_end(item.index, event)
        if isinstance(event, PromptProgress):
            self._progress = event
        return b""

    def keep_alive(self) -> bytes:
        """A comment for a client that waits: for its prompt, or for the next token."""
        return progress_comment(self._progress)

    def error(self, error: InferenceError) -> bytes:
        """The last event of a stream that fails."""
        return error_event(error)

    def _encode_end(self, index: int, finished: Finished) -> bytes:
        self._finished.append(finished)
        chunks = f"{self._heads[index]}{self._end % finished.reason.value}"
        if len(self._finished) < len(self._heads):
            return chunks.encode()
        if self._include_usage:
            usage = json.dumps(usage_body(*sum_usage(self._finished)))
            chunks += f'{self._before}"choices":[],"usage":{usage}}}\n\n'
        return chunks.encode() + DONE


def completion_body(model: ModelId, choices: Sequence[ChoiceText]) -> dict[str, Any]:
    """The body of an answer that is not streamed."""
    return {
        "id": completion_id(),
        "object": "text_completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": None,
        "choices": [
            {
                "index": at,
                "text": choice.text,
                "logprobs": None,
                "finish_reason": choice.finished.reason.value,
            }
            for at, choice in enumerate(choices)
        ],
        "usage": usage_body(*sum_usage([choice.finished for choice in choices])),
    }
