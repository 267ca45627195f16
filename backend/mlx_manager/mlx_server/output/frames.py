"""Tell the parts of an answer by their headers, while both stream."""

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.families.frame import Frame, Part
from mlx_manager.mlx_server.output.markers import Lexeme, Mark
from mlx_manager.mlx_server.output.scanner import NeedleScanner

_HEADER_CHARS = 256


class FrameLexer:
    """Cuts text as ``markers.MarkerLexer`` does, where a family's answers come in a frame.

    Reasoning and calls are between lexemes that mark them; of the answer's own header and end
    nothing is left. A call's header is the beginning of its text, since it has the name. Text that
    cannot be a header is the answer. ``formatted``: what looks like a marker in it is data.
    """

    has_markers = True

    def __init__(  # noqa: PLR0913  (each is one setting of the request)
        self,
        frame: Frame,
        tokenizer: Tokenizer,
        *,
        with_tools: bool,
        formatted: bool = False,
        starts_in_reasoning: bool = False,
        continues: bool = False,
    ) -> None:
        self._frame = frame
        self._with_tools = with_tools
        call_start, call_end = tokenizer.tool_call_start, tokenizer.tool_call_end
        marked = with_tools and frame.call is None and call_start is not None
        self._call_start = call_start if marked else None
        self._call_end = call_end if marked else None
        self._formatted = formatted
        self._header: str | None = ""
        self._part: Part | None = None
        self._scanner = NeedleScanner(())
        if starts_in_reasoning or continues:
            self._open(Part.THOUGHT if starts_in_reasoning else Part.SAID)

    @property
    def in_markup(self) -> bool:
        """Whether the text at this point is a header."""
        return self._header is not None

    def feed(self, text: str) -> list[Lexeme]:
        """The lexemes that are certain now."""
        lexemes: list[Lexeme] = []
        while text:
            text = self._body(text, lexemes) if self._header is None else self._head(text, lexemes)
        return lexemes

    def finish(self) -> list[Lexeme]:
        """What was held back turns out to be text; a header without its body is dropped."""
        held = self._scanner.flush() if self._header is None else ""
        if self._header and not self._frame.may_begin(self._header):
            held = self._header
        return [Lexeme(Mark.TEXT, held)] if held else []

    def _head(self, text: str, lexemes: list[Lexeme]) -> str:
        """Take one character more of a header; what is left when it ends, or is none."""
        header = (self._header or "") + text[0]
        if header.endswith(self._frame.header_end):
            self._open(self._frame.part(header), header, lexemes)
            return text[1:]
        if len(header) > _HEADER_CHARS or not self._frame.may_begin(header):
            self._open(Part.SAID)
            if not header.lstrip().startswith(self._frame.begins):
                return header + text[1:]
            lexemes.append(Lexeme(Mark.TEXT, header))  # or it would begin a header again
            return text[1:]
        self._header = header
        return text[1:]

    def _open(self, part: Part, header: str = "", lexemes: list[Lexeme] | None = None) -> None:
        if part is Part.CALL and not self._with_tools:
            part = Part.SAID
        self._header, self._part = None, part
        self._scanner = self._ends()
        if lexemes is None:
            return
        if part is Part.THOUGHT:
            lexemes.append(Lexeme(Mark.THINK_START, header))
        elif part is Part.CALL:
            lexemes += [Lexeme(Mark.CALL_START, ""), Lexeme(Mark.TEXT, header)]

    def _ends(self) -> NeedleScanner:
        frame = self._frame
        if self._part is Part.SAID and self._formatted:
            return NeedleScanner(())
        calls = (self._call_start,) if self._call_start else ()
        return NeedleScanner((*frame.ends, *frame.restarts, *calls))

    def _body(self, text: str, lexemes: list[Lexeme]) -> str:
        clear, marker, rest = self._scanner.scan(text)
        if clear:
            lexemes.append(Lexeme(Mark.TEXT, clear))
        if marker is None:
            return ""
        if marker == self._call_start:
            lexemes.append(Lexeme(Mark.CALL_START, marker))
            self._scanner = NeedleScanner([self._call_end or ""])
        elif marker == self._call_end:
            lexemes.append(Lexeme(Mark.CALL_END, marker))
            self._scanner = self._ends()
        else:
            self._close(lexemes)
            self._header = marker if marker in self._frame.restarts else ""
        return rest

    def _close(self, lexemes: list[Lexeme]) -> None:
        if self._part is Part.THOUGHT:
            lexemes.append(Lexeme(Mark.THINK_END, ""))
        elif self._part is Part.CALL:
            lexemes.append(Lexeme(Mark.CALL_END, ""))
        self._part = None
