"""Events -> chat completion chunks, or one chat completion."""

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.request import ToolCall
from mlx_manager.mlx_server.dialects.openai.frames import (
    DONE,
    error_event,
    progress_comment,
    quoted,
)
from mlx_manager.mlx_server.dialects.openai.usage import usage_body
from mlx_manager.mlx_server.errors import InferenceError


def chat_id() -> str:
    """A fresh id of one completion."""
    return f"chatcmpl-{secrets.token_hex(12)}"


class ChatChunks:
    """Encodes one stream; ``encode`` gives the bytes of an event, ready to send.

    The role goes with the first delta, the counts and ``[DONE]`` with the last.
    """

    def __init__(self, model: ModelId, *, include_usage: bool) -> None:
        usage = ',"usage":null' if include_usage else ""
        self._before = (
            f'data: {{"id":"{chat_id()}","object":"chat.completion.chunk",'
            f'"created":{int(time.time())},"model":{quoted(model)},"system_fingerprint":null,'
        )
        self._head = f'{self._before}"choices":[{{"index":0,"delta":{{'
        self._tail = f'}},"logprobs":null,"finish_reason":null}}]{usage}}}\n\n'
        self._end = f'}},"logprobs":null,"finish_reason":"%s"}}]{usage}}}\n\n'
        self._include_usage = include_usage
        self._opening = f'{self._head}"role":"assistant","content":""{self._tail}'
        self._progress: PromptProgress | None = None

    def encode(self, event: GenerationEvent) -> bytes:
        """The chunks of one event; nothing for progress, which ``keep_alive`` tells."""
        if isinstance(event, TextDelta):
            delta = f'"content":{quoted(event.text)}'
        elif isinstance(event, ReasoningDelta):
            text = quoted(event.text)
            delta = f'"reasoning_content":{text},"reasoning":{text}'
        elif isinstance(event, ToolCallDelta):
            delta = _call_delta(event)
        elif isinstance(event, PromptProgress):
            self._progress = event
            return b""
        elif isinstance(event, Logprobs):
            return b""
        else:
            return self._encode_end(event)
        chunk = f"{self._opening}{self._head}{delta}{self._tail}".encode()
        self._opening = ""
        return chunk

    def keep_alive(self) -> bytes:
        """A comment for a client that waits: for its prompt, or for the next token."""
        return progress_comment(self._progress if self._opening else None)

    def error(self, error: InferenceError) -> bytes:
        """The last event of a stream that fails."""
        return error_event(error)

    def _encode_end(self, finished: Finished) -> bytes:
        chunks = f"{self._opening}{self._head}{self._end % finished.reason.value}"
        if self._include_usage:
            usage = json.dumps(usage_body(finished.usage, finished.timing))
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


def chat_body(
    model: ModelId,
    *,
    text: str,
    reasoning: str,
    tool_calls: Sequence[ToolCall],
    finished: Finished,
) -> dict[str, Any]:
    """The body of an answer that is not streamed."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": text if text or not tool_calls else None,
        "refusal": None,
    }
    if reasoning:
        message["reasoning_content"] = reasoning
        message["reasoning"] = reasoning
    if tool_calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in tool_calls
        ]
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": finished.reason.value,
    }
    return {
        "id": chat_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": None,
        "choices": [choice],
        "usage": usage_body(finished.usage, finished.timing),
    }
