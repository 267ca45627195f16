"""One exchange: what a person asks, and what the guide should do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from guide_training.draw import Draw

Message = dict[str, Any]
Tool = dict[str, Any]


@dataclass
class Exchange:
    """A user message, the assistant's reply and, with tools, the messages in between.

    `messages` ends with the assistant message to be scored. `accepted` holds further texts that
    count as right. `groups` names what the tools are for. `system` is set where the exchange
    needs a system prompt of its own.
    """

    kind: str
    messages: list[Message]
    thought: str
    accepted: tuple[str, ...] = ()
    tools: list[Tool] = field(default_factory=list)
    groups: frozenset[str] = frozenset()
    system: str | None = None
    label: str = ""

    @property
    def answer(self) -> Message:
        """The assistant message that is expected at the end."""
        return self.messages[-1]


Maker = Callable[[Draw], Exchange]


def plain(kind: str, question: str, answer: str, thought: str, **extra: Any) -> Exchange:
    """Return an exchange of one question and one text answer."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return Exchange(kind, messages, thought, **extra)
