"""Events -> completion chunks, or one completion; several prompts are several choices."""

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    Logprobs,
    PromptProgress,
    SpokenLogprob,
    TextDelta,
)
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.openai.choices import Choice, ChoiceEvent
from mlx_manager.mlx_server.dialects.openai.frames import (
    DONE,
    error_event,
    progress_comment,
    quoted,
)
from mlx_manager.mlx_server.dialects.openai.logprobs import CompletionLogprobs
from mlx_manager.mlx_server.dialects.openai.usage import sum_usage, usage_body
from mlx_manager.mlx_server.errors import InferenceError


def completion_id() -> str:
    """A fresh id of one completion."""
    return f"cmpl-{secrets.token_hex(12)}"


class CompletionChunks:
    """Encodes one stream of ``choices`` answers; the counts and ``[DONE]`` follow the last end."""

    def __init__(
        self, model: ModelId, *, choices: int, include_usage: bool, choices_each: int = 1
    ) -> None:
        self._usage = ',"usage":null' if include_usage else ""
        self._before = (
            f'data: {{"id":"{completion_id()}","object":"text_completion",'
            f'"created":{int(time.time())},"model":{quoted(model)},"system_fingerprint":null,'
        )
        self._heads = [f'{self._before}"choices":[{{"index":{at},"text":' for at in range(choices)]
        self._tail = f',"logprobs":null,"finish_reason":null}}]{self._usage}}}\n\n'
        self._include_usage = include_usage
        self._choices_each = choices_each
        self._logprobs = [CompletionLogprobs() for _ in self._heads]
        self._entries: list[list[SpokenLogprob]] = [[] for _ in self._heads]
        self._finished: dict[int, Finished] = {}
        self._progress: PromptProgress | None = None

    def encode(self, item: ChoiceEvent) -> bytes:
        """The chunks of one event; nothing for progress, which ``keep_alive`` tells."""
        index, event = item.index, item.event
        if isinstance(event, TextDelta):
            self._progress = None
            tail = self._tail_of(index, "null") if self._entries[index] else self._tail
            return f"{self._heads[index]}{quoted(event.text)}{tail}".encode()
        if isinstance(event, Finished):
            return self._encode_end(index, event)
        if isinstance(event, Logprobs):
            self._entries[index].extend(event.entries)
        elif isinstance(event, PromptProgress):
            self._progress = event
        return b""

    def keep_alive(self) -> bytes:
        """A comment for a client that waits: for its prompt, or for the next token."""
        return progress_comment(self._progress)

    def error(self, error: InferenceError) -> bytes:
        """The last event of a stream that fails."""
        return error_event(error)

    def _tail_of(self, index: int, reason: str) -> str:
        """The end of a chunk that brings a choice's log-probabilities, if there are any."""
        entries, self._entries[index] = self._entries[index], []
        told = json.dumps(self._logprobs[index].body(entries)) if entries else "null"
        return f',"logprobs":{told},"finish_reason":{reason}}}]{self._usage}}}\n\n'

    def _encode_end(self, index: int, finished: Finished) -> bytes:
        self._finished[index] = finished
        end = self._tail_of(index, f'"{finished.reason.value}"')
        chunks = f'{self._heads[index]}""{end}'
        if len(self._finished) < len(self._heads):
            return chunks.encode()
        if self._include_usage:
            ends = [self._finished[at] for at in range(len(self._heads))]
            usage = json.dumps(usage_body(*sum_usage(ends, choices_each=self._choices_each)))
            chunks += f'{self._before}"choices":[],"usage":{usage}}}\n\n'
        return chunks.encode() + DONE


def completion_body(
    model: ModelId, choices: Sequence[Choice], *, choices_each: int = 1
) -> dict[str, Any]:
    """The body of an answer that is not streamed."""
    ends = [choice.finished for choice in choices]
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
                "logprobs": CompletionLogprobs().body(choice.logprobs) if choice.logprobs else None,
                "finish_reason": choice.finished.reason.value,
            }
            for at, choice in enumerate(choices)
        ],
        "usage": usage_body(*sum_usage(ends, choices_each=choices_each)),
    }
