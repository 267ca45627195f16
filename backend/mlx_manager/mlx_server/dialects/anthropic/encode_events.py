"""Events -> the event stream of a message (docs.anthropic.com/en/docs/build-with-claude/streaming):
``message_start``, then each content block's start, deltas and stop, then ``message_delta`` and
``message_stop``."""

import json
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
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.dialects.anthropic.error_body import error_event
from mlx_manager.mlx_server.dialects.anthropic.usage import (
    ending,
    message_head,
    usage_at_start,
    usage_body,
)
from mlx_manager.mlx_server.dialects.openai.frames import quoted
from mlx_manager.mlx_server.errors import InferenceError

PING = b'event: ping\ndata: {"type":"ping"}\n\n'

_OPENINGS = {
    "text": '{"type":"text","text":""}',
    "thinking": '{"type":"thinking","thinking":"","signature":""}',
}
_STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class MessageEvents:
    """Encodes one stream; ``encode`` gives the bytes of an event, ready to send.

    At most one block is open; its index counts up. ``shows_thinking`` False sends thinking blocks
    without their text.
    """

    def __init__(
        self, model: ModelId, request_id: RequestId, *, shows_thinking: bool = True
    ) -> None:
        self._model = model
        self._request_id = request_id
        self._shows_thinking = shows_thinking
        self._started = False
        self._index = -1
        self._open: str | None = None
        self._head = ""

    def encode(self, event: GenerationEvent) -> bytes:
        """The events of one event; the first brings ``message_start``."""
        start = "" if self._started else self._start(event)
        if isinstance(event, TextDelta):
            opening = self._opened("text", "text_delta", "text")
            return f"{start}{opening}{self._written(event.text)}".encode()
        if isinstance(event, ReasoningDelta):
            opening = self._opened("thinking", "thinking_delta", "thinking")
            more = self._written(event.text) if self._shows_thinking else ""
            return f"{start}{opening}{more}".encode()
        if isinstance(event, ToolCallDelta):
            return f"{start}{self._call(event)}".encode()
        if isinstance(event, Finished):
            return f"{start}{self._end(event)}".encode()
        assert isinstance(event, PromptProgress | Logprobs)
        return start.encode()

    def keep_alive(self) -> bytes:
        """A ping, which every client passes over."""
        return PING

    def error(self, error: InferenceError) -> bytes:
        """The last event of a stream that fails."""
        return error_event(error, self._request_id)

    def _start(self, event: GenerationEvent) -> str:
        self._started = True
        progress = event if isinstance(event, PromptProgress) else None
        message = {
            **message_head(self._model),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage_at_start(progress),
        }
        return _event("message_start", message=message)

    def _opened(self, kind: str, delta: str, field: str) -> str:
        return "" if self._open == kind else self._begin(kind, delta, field, _OPENINGS[kind])

    def _written(self, text: str) -> str:
        return f"{self._head}{quoted(text)}}}}}\n\n"

    def _call(self, call: ToolCallDelta) -> str:
        opening = ""
        if call.id is not None:
            names = f'"id":{quoted(call.id)},"name":{quoted(call.name or "")}'
            block = f'{{"type":"tool_use",{names},"input":{{}}}}'
            opening = self._begin("tool_use", "input_json_delta", "partial_json", block)
        return opening + self._written(call.arguments) if call.arguments else opening

    def _begin(self, kind: str, delta: str, field: str, block: str) -> str:
        closing = self._close()
        self._open = kind
        self._index += 1
        self._head = (
            'event: content_block_delta\ndata: {"type":"content_block_delta",'
            f'"index":{self._index},"delta":{{"type":"{delta}","{field}":'
        )
        return (
            f"{closing}event: content_block_start\n"
            f'data: {{"type":"content_block_start","index":{self._index},'
            f'"content_block":{block}}}\n\n'
        )

    def _close(self) -> str:
        if self._open is None:
            return ""
        signature = ""
        if self._open == "thinking":
            # Nobody here checks one; clients wait for it before they call a block complete.
            delta = {"type": "signature_delta", "signature": ""}
            signature = _event("content_block_delta", index=self._index, delta=delta)
        self._open = None
        return signature + _event("content_block_stop", index=self._index)

    def _end(self, finished: Finished) -> str:
        delta = _event("message_delta", delta=ending(finished), usage=usage_body(finished.usage))
        return f"{self._close()}{delta}{_STOP}"


def _event(name: str, **fields: Any) -> str:
    data = json.dumps({"type": name, **fields}, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n"
