"""Answers whose parts each have a header: harmony's channels, Muse Spark's recipients."""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Part(Enum):
    """What a header announces."""

    SAID = auto()
    THOUGHT = auto()
    CALL = auto()


@dataclass(frozen=True, slots=True)
class Frame:
    """A part is a header, up to ``header_end``, and a body, up to one of ``ends`` or to the next
    header. ``begins`` are the texts that a header may begin with, ``restarts`` those that begin one
    in the middle of a body.

    ``thought`` and ``call`` are searched for in a header; without either, the body is the answer.
    Of the rest, grammars are made: the reasoning stands between ``think_open`` and ``think_close``,
    which also begins the next part; the answer follows ``said_open``, and calls ``call_open``, with
    a name between its two, where their own text has no header.
    """

    begins: tuple[str, ...]
    restarts: tuple[str, ...]
    header_end: str
    ends: tuple[str, ...]
    thought: re.Pattern[str]
    call: re.Pattern[str] | None
    think_open: str
    think_close: str
    said_open: str
    call_open: tuple[str, str] | None = None

    def part(self, header: str) -> Part:
        """What follows this header."""
        if self.call is not None and self.call.search(header):
            return Part.CALL
        return Part.THOUGHT if self.thought.search(header) else Part.SAID

    def may_begin(self, text: str) -> bool:
        """Whether a header may begin with this text, or this text with a header."""
        text = text.lstrip()
        return any(each.startswith(text) or text.startswith(each) for each in self.begins)


HARMONY = Frame(
    begins=("<|start|>", "<|channel|>", "<|constrain|>", "<|message|>", "to="),
    restarts=("<|start|>", "<|channel|>"),
    header_end="<|message|>",
    ends=("<|end|>", "<|return|>", "<|call|>"),
    thought=re.compile(r"<\|channel\|>\s*analysis"),
    call=re.compile(r"\bto=functions\."),
    think_open="<|channel|>analysis<|message|>",
    think_close="<|end|><|start|>assistant",
    said_open="<|channel|>final<|message|>",
)
"""https://developers.openai.com/cookbook/articles/openai-harmony"""

MUSE_SPARK = Frame(
    begins=("<|start|>", "<|message|>", "to="),
    restarts=("<|start|>",),
    header_end="<|message|>",
    ends=("<|eom|>", "<|eot|>"),
    thought=re.compile(r"\bto=self\b"),
    call=None,
    think_open="to=self<|message|>",
    think_close="<|eom|><|start|>assistant ",
    said_open="to=user<|message|>",
    call_open=("to=", "<|message|>"),
)
"""``mlx_lm.chat_templates.muse_spark``. Its calls have markers of their own in any body."""
