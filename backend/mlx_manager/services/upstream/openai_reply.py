"""The chunks of OpenAI's ``/chat/completions`` or ``/completions`` -> events."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    SpokenLogprob,
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

_DONE = "[DONE]"
_PROGRESS = re.compile(r"progress (\d{1,12})/(\d{1,12})")
_REASONS = {
    "length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


class OpenAIReply:
    """Implements ``ReplyReader``. Only the first choice is read: no more is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None
        self._timing: Timing | None = None
        self._calls: list[str] = []
        self._indices: dict[int, int] = {}
        self.over = False

    def read(self, frame: Frame) -> Sequence[GenerationEvent]:
        """The events of one chunk, and the progress that an MLX Manager tells in comments."""
        if frame.comment:
            progress = _PROGRESS.fullmatch(frame.comment)
            return [PromptProgress(int(progress[1]), int(progress[2]))] if progress else ()
        if frame.data == _DONE:
            self.over = True
            return ()
        chunk = parsed(frame.data)
        if chunk.get("error"):
            raise late_refusal(self._name, chunk["error"])
        if usage := part(chunk, "usage"):
            self._count(usage)
        choices = chunk.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            return ()
        return [*self._read_choice(choices[0])]

    def finish(self, usage: Usage, timing: Timing) -> Finished:
        """The end; a stream that told its reason and then closed is complete as well."""
        if self._reason is None:
            raise UpstreamFailed(f"{self._name} broke off before its answer was complete.")
        called = bool(self._calls) and self._reason is FinishReason.STOP
        reason = FinishReason.TOOL_CALLS if called else self._reason
        return Finished(reason, self._usage or usage, self._timing or timing)

    def _read_choice(self, choice: Mapping[str, Any]) -> Iterator[GenerationEvent]:
        delta = part(choice, "delta")
        thought = text(delta, "reasoning_content") or text(delta, "reasoning")
        if thought:
            yield ReasoningDelta(thought)
        if entries := _logprobs(part(choice, "logprobs")):
            yield Logprobs(entries)
        if said := text(delta, "content") or text(delta, "refusal") or text(choice, "text"):
            yield TextDelta(said)
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                yield from self._read_call(call)
        if reason := text(choice, "finish_reason"):
            self._reason = _REASONS.get(reason, FinishReason.STOP)

    def _read_call(self, call: Mapping[str, Any]) -> Iterator[GenerationEvent]:
        """Servers that send each call whole number them all 0, or not at all: an id that is new
        begins a call."""
        function = part(call, "function")
        name, arguments = text(function, "name"), text(function, "arguments")
        call_id = text(call, "id")
        told = whole(call, "index") or 0
        is_new = name and (told not in self._indices or (call_id and call_id not in self._calls))
        if is_new:
            made = call_id or f"call_{secrets.token_hex(12)}"
            self._indices[told] = len(self._calls)
            self._calls.append(made)
            yield ToolCallDelta(self._indices[told], id=made, name=name, arguments=arguments)
        elif arguments and told in self._indices:
            yield ToolCallDelta(self._indices[told], arguments=arguments)

    def _count(self, usage: Mapping[str, Any]) -> None:
        read, written = whole(usage, "prompt_tokens"), whole(usage, "completion_tokens")
        if read is None or written is None:
            return
        self._usage = Usage(
            prompt_tokens=read,
            completion_tokens=written,
            cached_tokens=whole(part(usage, "prompt_tokens_details"), "cached_tokens") or 0,
            reasoning_tokens=whole(part(usage, "completion_tokens_details"), "reasoning_tokens")
            or 0,
        )
        if timings := part(usage, "timings"):
            self._timing = Timing(
                queue_seconds=_seconds(timings, "queue_ms"),
                prefill_seconds=_seconds(timings, "prefill_ms"),
                decode_seconds=_seconds(timings, "decode_ms"),
            )


def _seconds(timings: Mapping[str, Any], name: str) -> float:
    value = timings.get(name)
    return value / 1000 if isinstance(value, int | float) and value >= 0 else 0.0


def _logprobs(told: Mapping[str, Any]) -> tuple[SpokenLogprob, ...]:
    """Of a chat chunk; the older shape of plain completions is passed over."""
    content = told.get("content")
    entries = content if isinstance(content, list) else ()
    return tuple(_logprob(entry) for entry in entries if isinstance(entry, dict))


def _logprob(entry: Mapping[str, Any]) -> SpokenLogprob:
    raw, value, top = entry.get("bytes"), entry.get("logprob"), entry.get("top_logprobs")
    token = text(entry, "token")
    is_bytes = isinstance(raw, list) and all(isinstance(b, int) and 0 <= b < 256 for b in raw)
    return SpokenLogprob(
        token,
        bytes(raw) if isinstance(raw, list) and is_bytes else token.encode(),
        float(value) if isinstance(value, int | float) else 0.0,
        tuple(_logprob(each) for each in top or () if isinstance(each, dict)),
    )
