"""The output stages of one sequence, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import FinishReason, GenerationEvent, ToolCallDelta
from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.content import Content
from mlx_manager.mlx_server.output.detokenizer import TextDecoder
from mlx_manager.mlx_server.output.joining import join_deltas
from mlx_manager.mlx_server.output.lexer import lexer_of
from mlx_manager.mlx_server.output.markers import Lexeme, Mark
from mlx_manager.mlx_server.output.reasoning import Reasoning
from mlx_manager.mlx_server.output.tools import MalformedCall, ToolCalls


class OutputAssembler:
    """Token ids in, events out: detokenizer, markers, then reasoning, calls or visible text.

    ``parse_reasoning`` False is for raw prompts: every marker is ordinary text. Without ``tools``
    a call is ordinary text too. ``stop`` ends the visible text only, never reasoning or arguments.
    ``one_call`` ends the answer with the first call. ``continues`` a text that the prompt begins.
    ``formatted``: the answer is held to a format, in which a marker is data.
    """

    def __init__(  # noqa: PLR0913  (each is one stage's own setting)
        self,
        tokenizer: Tokenizer,
        *,
        stop: Sequence[str] = (),
        starts_in_reasoning: bool = False,
        parse_reasoning: bool = True,
        tools: Sequence[Mapping[str, Any]] = (),
        one_call: bool = False,
        continues: bool = False,
        formatted: bool = False,
    ) -> None:
        self._decoder = TextDecoder(tokenizer, continues_prompt=continues or not parse_reasoning)
        lexer = lexer_of(
            tokenizer,
            with_tools=bool(tools),
            formatted=formatted,
            starts_in_reasoning=starts_in_reasoning,
            continues=continues,
        )
        self._lexer = lexer if parse_reasoning and lexer.has_markers else None
        self._reasoning = Reasoning(is_open=starts_in_reasoning and self._lexer is not None)
        self._calls = ToolCalls(tokenizer, tools, one_only=one_call)
        self._content = Content(stop, has_markers=self._lexer is not None)
        self._reasoning_tokens = 0
        self._cut_in_call = False

    @property
    def stopped(self) -> bool:
        """A stop string matched, or the one call is made: nothing more will come, the sequence
        can be cancelled."""
        return self._calls.enough or self._content.stopped

    @property
    def stop_sequence(self) -> str | None:
        """The stop string that ended the text."""
        return self._content.stop_sequence

    @property
    def in_markup(self) -> bool:
        """Whether the text at this point is reasoning, a tool call or a header."""
        inside = self._reasoning.is_open or self._calls.is_open
        return inside or (self._lexer is not None and self._lexer.in_markup)

    @property
    def reasoning_tokens(self) -> int:
        """How many of the ids fed so far were reasoning, its markers included."""
        return self._reasoning_tokens

    def feed(self, token_ids: Sequence[int]) -> list[GenerationEvent]:
        """The events that these ids make certain."""
        events: list[GenerationEvent] = []
        reasoning = self._reasoning
        for token_id in token_ids:
            if self.stopped:
                break
            was_open = reasoning.is_open
            text = self._decoder.feed(token_id)
            if text:
                self._take_text(text, events)
            if was_open or reasoning.is_open:
                self._reasoning_tokens += 1
        return join_deltas(events) if len(events) > 1 else events

    def finish(self, reason: EndReason) -> tuple[list[GenerationEvent], FinishReason]:
        """The events held back until now, and how the text ends."""
        events: list[GenerationEvent] = []
        if not self.stopped:
            self._take_text(self._decoder.finish(), events)
            if self._lexer is not None:
                self._take_lexemes(self._lexer.finish(), events)
            if self._calls.is_open:
                cut_short = reason is not EndReason.STOP
                self._cut_in_call = not self._end_call("", events, cut_short=cut_short)
        self._content.finish(events)
        return join_deltas(events), self._finish_reason(reason)

    def _finish_reason(self, reason: EndReason) -> FinishReason:
        cut_short = reason is EndReason.LENGTH and not self.stopped
        if self._calls.made and not (cut_short and self._cut_in_call):
            return FinishReason.TOOL_CALLS
        return FinishReason.LENGTH if cut_short else FinishReason.STOP

    def _take_text(self, text: str, events: list[GenerationEvent]) -> None:
        if self._lexer is None:
            self._content.feed(text, events)
        else:
            self._take_lexemes(self._lexer.feed(text), events)

    def _take_lexemes(self, lexemes: list[Lexeme], events: list[GenerationEvent]) -> None:
        for mark, text in lexemes:
            if mark is Mark.TEXT:
                self._take_words(text, events)
            elif mark is Mark.THINK_START:
                self._content.before_marker(events)
                self._reasoning.open()
            elif mark is Mark.THINK_END:
                # An end without a start (some models repeat the template's) is dropped as well.
                self._reasoning.close()
                self._content.after_marker()
            elif mark is Mark.CALL_START:
                self._calls.open(text)
            elif mark is Mark.CALL_END:
                self._end_call(text, events)
            if self.stopped:
                break

    def _take_words(self, text: str, events: list[GenerationEvent]) -> None:
        if self._calls.is_open:
            self._make_calls(self._calls.feed(text), events)
        elif self._reasoning.is_open:
            self._reasoning.feed(text, events)
        else:
            self._content.feed(text, events)

    def _end_call(
        self, marker: str, events: list[GenerationEvent], *, cut_short: bool = False
    ) -> bool:
        """Whether the text was a call; if not, it goes where the reader sees it."""
        try:
            deltas = self._calls.close(marker, cut_short=cut_short)
        except MalformedCall as malformed:
            self._take_words(str(malformed), events)
            return False
        self._make_calls(deltas, events)
        return True

    def _make_calls(self, deltas: list[ToolCallDelta], events: list[GenerationEvent]) -> None:
        if any(delta.id is not None for delta in deltas):
            # Some models call from inside their reasoning and never close it.
            self._reasoning.close()
            self._content.before_marker(events)
            self._content.after_marker()
        events.extend(deltas)
