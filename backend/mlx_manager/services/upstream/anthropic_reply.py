"""The events of Anthropic's ``/messages``
(https://docs.anthropic.com/en/docs/build-with-claude/streaming) -> events of the spine."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    PromptProgress,
    ReasoningDelta,
    TextDelta,
    Timing,
    ToolCallDelta,
    Usage,
)
from mlx_manager.mlx_server.core.parts import part, text, whole
from mlx_manager.mlx_server.errors import UpstreamFailed
from mlx_manager.services.upstream.faults import late_refusal
from mlx_manager.services.upstream.frames import Frame
from mlx_manager.services.upstream.reading import parsed

_REASONS = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
}


class AnthropicReply:
    """Implements ``ReplyReader``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._reason: FinishReason | None = None
        self._stop_sequence: str | None = None
        self._counts: dict[str, int] = {}
        self._thinking_tokens = 0
        self._calls = 0
        self.over = False

    def read(self, frame: Frame) -> Sequence[GenerationEvent]:
        """The events of one event; pings and kinds of blocks that are not known have none."""
        if not frame.data:
            return ()
        event = parsed(frame.data)
        kind = text(event, "type")
        if kind == "error":
            raise late_refusal(self._name, event.get("error"))
        if kind == "message_start":
            return self._start(part(part(event, "message"), "usage"))
        if kind == "content_block_start":
            return self._open(part(event, "content_block"))
        if kind == "content_block_delta":
            return self._delta(part(event, "delta"))
        if kind == "message_delta":
            self._count(part(event, "usage"))
            self._end(part(event, "delta"))
        self.over = kind == "message_stop"
        return ()

    def finish(self, usage: Usage, timing: Timing) -> Finished:
        """The end, once its reason was told."""
        if self._reason is None:
            raise UpstreamFailed(f"{self._name} broke off before its answer was complete.")
        return Finished(self._reason, self._usage or usage, timing, self._stop_sequence)

    def _start(self, usage: Mapping[str, Any]) -> Sequence[GenerationEvent]:
        """What it has read, and what of that was cached, is known from the beginning."""
        self._count(usage)
        read = self._prompt_tokens
        return (PromptProgress(self._cached_tokens, read),) if read else ()

    def _open(self, block: Mapping[str, Any]) -> Sequence[GenerationEvent]:
        if text(block, "type") == "tool_use":
            self._calls += 1
            return (ToolCallDelta(self._calls - 1, id=text(block, "id"), name=text(block, "name")),)
        said = text(block, "text")
        return (TextDelta(said),) if said else ()

    def _delta(self, delta: Mapping[str, Any]) -> Sequence[GenerationEvent]:
        kind = text(delta, "type")
        if kind == "text_delta" and (said := text(delta, "text")):
            return (TextDelta(said),)
        if kind == "thinking_delta" and (thought := text(delta, "thinking")):
            return (ReasoningDelta(thought),)
        if kind == "input_json_delta" and self._calls and (more := text(delta, "partial_json")):
            return (ToolCallDelta(self._calls - 1, arguments=more),)
        return ()

    def _end(self, delta: Mapping[str, Any]) -> None:
        if reason := text(delta, "stop_reason"):
            self._reason = _REASONS.get(reason, FinishReason.STOP)
            self._stop_sequence = text(delta, "stop_sequence") or None

    def _count(self, usage: Mapping[str, Any]) -> None:
        """Later counts replace earlier ones: they are sums."""
        self._counts |= {name: n for name in usage if (n := whole(usage, name)) is not None}
        details = part(usage, "output_tokens_details")
        self._thinking_tokens = whole(details, "thinking_tokens") or self._thinking_tokens

    @property
    def _cached_tokens(self) -> int:
        return self._counts.get("cache_read_input_tokens", 0)

    @property
    def _prompt_tokens(self) -> int:
        """Anthropic counts what it read from a cache, and wrote to one, apart."""
        written = self._counts.get("cache_creation_input_tokens", 0)
        return self._counts.get("input_tokens", 0) + written + self._cached_tokens

    @property
    def _usage(self) -> Usage | None:
        if "output_tokens" not in self._counts:
            return None
        return Usage(
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._counts["output_tokens"],
            cached_tokens=self._cached_tokens,
            reasoning_tokens=self._thinking_tokens,
        )
