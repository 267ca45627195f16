"""Events -> chat completion chunks, or one chat completion; each answer is a choice."""

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    SpokenLogprob,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.openai.choices import Choice, ChoiceEvent
from mlx_manager.mlx_server.dialects.openai.frames import (
    DONE,
    error_event,
    progress_comment,
    quoted,
)
from mlx_manager.mlx_server.dialects.openai.legacy_functions import FINISHED, told_call
from mlx_manager.mlx_server.dialects.openai.logprobs import chat_logprobs
from mlx_manager.mlx_server.dialects.openai.usage import sum_usage, usage_body
from mlx_manager.mlx_server.errors import InferenceError


def chat_id() -> str:
    """A fresh id of one completion."""
    return f"chatcmpl-{secrets.token_hex(12)}"


class ChatChunks:
    """Encodes one stream of ``choices`` answers; ``encode`` gives an event's bytes, ready to send.

    The role goes with a choice's first delta, its log-probabilities with the text they belong to or
    with its end, the counts and ``[DONE]`` with the last end.
    """

    def __init__(
        self, model: ModelId, *, include_usage: bool, choices: int = 1, legacy: bool = False
    ) -> None:
        self._legacy = legacy
        self._usage = ',"usage":null' if include_usage else ""
        self._before = (
            f'data: {{"id":"{chat_id()}","object":"chat.completion.chunk",'
            f'"created":{int(time.time())},"model":{quoted(model)},"system_fingerprint":null,'
        )
        self._heads = [
            f'{self._before}"choices":[{{"index":{at},"delta":{{' for at in range(choices)
        ]
        self._tail = f'}},"logprobs":null,"finish_reason":null}}]{self._usage}}}\n\n'
        self._include_usage = include_usage
        role = f'"role":"assistant","content":""{self._tail}'
        self._openings = [f"{head}{role}" for head in self._heads]
        self._logprobs: list[list[SpokenLogprob]] = [[] for _ in self._heads]
        self._finished: dict[int, Finished] = {}
        self._progress: PromptProgress | None = None

    def encode(self, item: ChoiceEvent) -> bytes:
        """The chunks of one event; nothing for progress, which ``keep_alive`` tells."""
        index, event = item.index, item.event
        tail = self._tail
        if isinstance(event, TextDelta):
            delta = f'"content":{quoted(event.text)}'
            if self._logprobs[index]:
                tail = self._tail_of(index, "null")
        elif isinstance(event, ReasoningDelta):
            text = quoted(event.text)
            delta = f'"reasoning_content":{text},"reasoning":{text}'
        elif isinstance(event, ToolCallDelta):
            delta = _legacy_delta(event) if self._legacy else _call_delta(event)
        elif isinstance(event, PromptProgress):
            self._progress = event
            return b""
        elif isinstance(event, Logprobs):
            self._logprobs[index].extend(event.entries)
            return b""
        else:
            return self._encode_end(index, event)
        chunk = f"{self._openings[index]}{self._heads[index]}{delta}{tail}".encode()
        self._openings[index] = ""
        self._progress = None
        return chunk

    def keep_alive(self) -> bytes:
        """A comment for a client that waits: for its prompt, or for the next token."""
        return progress_comment(self._progress)

    def error(self, error: InferenceError) -> bytes:
        """The last event of a stream that fails."""
        return error_event(error)

    def _tail_of(self, index: int, reason: str) -> str:
        """The end of a chunk that brings a choice's log-probabilities, if there are any."""
        entries, self._logprobs[index] = self._logprobs[index], []
        told = json.dumps(chat_logprobs(entries)) if entries else "null"
        return f'}},"logprobs":{told},"finish_reason":{reason}}}]{self._usage}}}\n\n'

    def _encode_end(self, index: int, finished: Finished) -> bytes:
        self._finished[index] = finished
        end = self._tail_of(index, f'"{_reason(finished, self._legacy)}"')
        chunks = f"{self._openings[index]}{self._heads[index]}{end}"
        if len(self._finished) < len(self._heads):
            return chunks.encode()
        if self._include_usage:
            ends = [self._finished[at] for at in range(len(self._heads))]
            usage = json.dumps(usage_body(*sum_usage(ends, choices_each=len(ends))))
            chunks += f'{self._before}"choices":[],"usage":{usage}}}\n\n'
        return chunks.encode() + DONE


def _call_delta(delta: ToolCallDelta) -> str:
    if delta.id is None:
        function = f'"function":{{"arguments":{quoted(delta.arguments)}}}'
        return f'"tool_calls":[{{"index":{delta.index},{function}}}]'
    function = (
        f'"function":{{"name":{quoted(delta.name or "")},"arguments":{quoted(delta.arguments)}}}'
    )
    head = f'"index":{delta.index},"id":{quoted(delta.id)},"type":"function"'
    return f'"tool_calls":[{{{head},{function}}}]'


def _legacy_delta(delta: ToolCallDelta) -> str:
    name = "" if delta.name is None else f'"name":{quoted(delta.name)},'
    return f'"function_call":{{{name}"arguments":{quoted(delta.arguments)}}}'


def _reason(finished: Finished, legacy: bool) -> str:
    is_call = finished.reason is FinishReason.TOOL_CALLS
    return FINISHED if legacy and is_call else finished.reason.value


def chat_body(model: ModelId, choices: Sequence[Choice], *, legacy: bool = False) -> dict[str, Any]:
    """The body of an answer that is not streamed; ``legacy`` has a call as ``function_call``."""
    ends = [choice.finished for choice in choices]
    return {
        "id": chat_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": None,
        "choices": [_choice(at, choice, legacy) for at, choice in enumerate(choices)],
        "usage": usage_body(*sum_usage(ends, choices_each=len(ends))),
    }


def _choice(index: int, choice: Choice, legacy: bool) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": choice.text if choice.text or not choice.tool_calls else None,
        "refusal": None,
    }
    if choice.reasoning:
        message["reasoning_content"] = choice.reasoning
        message["reasoning"] = choice.reasoning
    if choice.tool_calls and legacy:
        message["function_call"] = told_call(choice.tool_calls[0])
    elif choice.tool_calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in choice.tool_calls
        ]
    return {
        "index": index,
        "message": message,
        "logprobs": chat_logprobs(choice.logprobs) if choice.logprobs else None,
        "finish_reason": _reason(choice.finished, legacy),
    }
