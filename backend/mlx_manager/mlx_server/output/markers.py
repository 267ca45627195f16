"""Tell a model's markers from its text, while both stream."""

from enum import Enum, auto
from typing import NamedTuple

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.families.known import family_of
from mlx_manager.mlx_server.output.scanner import NeedleScanner


class Mark(Enum):
    """What a lexeme is."""

    TEXT = auto()
    THINK_START = auto()
    THINK_END = auto()
    CALL_START = auto()
    CALL_END = auto()
    DROPPED = auto()


class Lexeme(NamedTuple):
    """A marker or the text between two; ``text`` is as the model wrote it."""

    mark: Mark
    text: str


class MarkerLexer:
    """Cuts text at the markers of one tokenizer.

    Inside a call only its end marker counts, so that an argument may speak of ``<think>``. A family
    without an end marker (Mistral) has calls that last to the end of the text. ``formatted``: once
    the answer has begun it is JSON or the like, and what looks like a marker is data of it.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        *,
        with_tools: bool,
        formatted: bool = False,
        starts_in_reasoning: bool = False,
    ) -> None:
        family = family_of(tokenizer)
        self._marks = dict.fromkeys(family.dropped if family else (), Mark.DROPPED)
        if tokenizer.think_start and tokenizer.think_end:
            self._marks[tokenizer.think_start] = Mark.THINK_START
            self._marks[tokenizer.think_end] = Mark.THINK_END
        call_end = ""
        if with_tools and tokenizer.tool_call_start and tokenizer.tool_family is not None:
            self._marks[tokenizer.tool_call_start] = Mark.CALL_START
            call_end = tokenizer.tool_call_end or ""
        self._outside = NeedleScanner(self._marks)
        self._inside = NeedleScanner((call_end,) if call_end else ())
        self._scanner = self._outside
        self._formatted = formatted
        self._is_reasoning = starts_in_reasoning

    @property
    def has_markers(self) -> bool:
        """Whether there is anything to tell apart at all."""
        return bool(self._marks)

    @property
    def in_markup(self) -> bool:
        """Never certain: a marker that has begun may turn out to be text."""
        return False

    def feed(self, text: str) -> list[Lexeme]:
        """The lexemes that are certain now."""
        lexemes: list[Lexeme] = []
        while text:
            clear, marker, text = self._scanner.scan(text)
            if clear:
                lexemes.append(Lexeme(Mark.TEXT, clear))
            if self._begins_format(clear):
                text = self._scanner.flush() + (marker or "") + text
                self._scanner = NeedleScanner(())
            elif marker is not None:
                lexemes.append(self._pass_marker(marker))
        return lexemes

    def finish(self) -> list[Lexeme]:
        """What was held back turns out to be text."""
        held = self._scanner.flush()
        return [Lexeme(Mark.TEXT, held)] if held else []

    def _begins_format(self, clear: str) -> bool:
        free = self._scanner is self._outside and not self._is_reasoning
        return self._formatted and free and not clear.isspace() and clear != ""

    def _pass_marker(self, marker: str) -> Lexeme:
        if self._scanner is self._inside:
            self._scanner = self._outside
            return Lexeme(Mark.CALL_END, marker)
        mark = self._marks[marker]
        if mark is Mark.CALL_START:
            self._scanner = self._inside
        elif mark is not Mark.DROPPED:
            self._is_reasoning = mark is Mark.THINK_START
        return Lexeme(mark, marker)
