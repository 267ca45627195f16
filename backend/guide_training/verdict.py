"""Whether a reply is right: pure comparison, the same for both ways of asking."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from guide_training.mix import Conversation


@dataclass
class Reply:
    """What the guide said: text, calls as (name, arguments text), reasoning."""

    text: str
    calls: list[tuple[str, str]] = field(default_factory=list)
    reasoning: str = ""


@dataclass(frozen=True)
class Verdict:
    """One case with its reply; `valid` tells whether all calls parse and name known arguments."""

    kind: str
    right: bool
    case: Conversation
    reply: Reply


def parse(text: str) -> Reply:
    """Split raw output into reasoning, text and tool calls; a broken call keeps its text."""
    reasoning = ""
    if "</think>" in text:
        reasoning, text = text.split("</think>", 1)
        reasoning = reasoning.replace("<think>", "").strip()
    calls: list[tuple[str, str]] = []
    while "<tool_call>" in text:
        before, rest = text.split("<tool_call>", 1)
        body, _, after = rest.partition("</tool_call>")
        text = before + after
        try:
            content = json.loads(body)
            calls.append((content["name"], json.dumps(content["arguments"])))
        except (ValueError, KeyError, TypeError):
            calls.append(("", body))
    return Reply(text.strip(), calls, reasoning)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def judge(case: Conversation, reply: Reply) -> Verdict:
    """Compare `reply` with what `case` expects."""
    expected = case.last.answer
    if expected.get("tool_calls"):
        wanted = [
            (call["function"]["name"], json.loads(call["function"]["arguments"]))
            for call in expected["tool_calls"]
        ]
        given = [(name, _decoded(arguments)) for name, arguments in reply.calls]
        right = wanted == given
    elif reply.calls:
        right = False
    elif case.last.kind == "json":
        right = _decoded(reply.text) == json.loads(expected["content"])
    else:
        right = reply.text in (expected["content"], *case.last.accepted)
    if case.thinking and not reply.reasoning:
        right = False
    return Verdict(case.last.kind, right, case, reply)
