"""Where to look for what is copied: the name of a tool, of a parameter, and the user's own words.

Everything is found in the text, as the template writes it, and told in tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from guide_training.spans import Span, Tokens

# What is looked for; the number is that of the head that looks (pointer.py).
NAME, KEY, WORDS = range(3)
_TURN = re.compile(r"<\|im_start\|>(\w+)(?:<\|think\|>)?\n(.*?)<\|im_end\|>", re.DOTALL)
_TOOL = re.compile(
    r"^(?P<name>\S+?)\((?P<keys>.*?)\)(?:: .*)? = (?P<again>(?P=name))$", re.MULTILINE
)
_KEY = re.compile(r"(?:^|, )([^\s:?]+)\??: ")
_THOUGHT = re.compile(r"I should call (\S+?)(?: and (\S+?))?\.\n</think>")
_CALL = re.compile(r'\{"name": "([^"]+)", "arguments": (\{.*?\})\}\n</tool_call>')
_ITEM = re.compile(r'"((?:[^"\\]|\\.)+)": ("(?:[^"\\]|\\.)*"|[^\s,}]+)')
_TOLD = re.compile(r"(?:[Tt]he )(\S+) is (.+?)(?=, the | and the |\.(?:$| The ))")


class Look(NamedTuple):
    """From the token at `place` the earlier one at `target` is to be looked at."""

    kind: int
    place: int
    target: int


class _Tool(NamedTuple):
    name: Span
    keys: dict[str, Span]


def looks_of(tokens: Tokens) -> list[Look]:
    """Return all looks of a conversation, `kind` by `kind`, turn by turn."""
    found: list[Look] = []
    tools = _tools(tokens.text)
    source, before = (0, 0), ""
    for turn in _TURN.finditer(tokens.text):
        if turn[1] == "assistant":
            found += _copied(tokens, turn.span(2), source, tools)
        elif turn[1] != "system":
            # Results of one answer stand one after the other, and all of them are told.
            start = source[0] if turn[1] == before == "tool" else turn.start(2)
            source = (start, turn.end(2))
        before = turn[1]
    return found


def _tools(text: str) -> dict[str, _Tool]:
    """Return where the offered tools' names, at the ends of their lines, and keys stand."""
    first = _TURN.match(text)
    begin = text.find("# Tools\n", 0, first.end() if first else 0)
    if first is None or begin < 0:
        return {}
    found: dict[str, _Tool] = {}
    for line in _TOOL.finditer(text, begin, first.end(2)):
        keys = {
            key[1]: (line.start("keys") + key.start(1), line.start("keys") + key.end(1))
            for key in _KEY.finditer(line["keys"])
        }
        found[line["name"]] = _Tool(line.span("again"), keys)
    return found


def _copied(tokens: Tokens, said: Span, source: Span, tools: dict[str, _Tool]) -> list[Look]:
    """Return the looks of what the assistant `said`, given in places of the text like `source`."""
    text = tokens.text
    pairs: list[tuple[int, Span, Span]] = []
    for thought in _THOUGHT.finditer(text, *said):
        pairs.extend(
            (NAME, thought.span(group), tools[thought[group]].name)
            for group in (1, 2)
            if thought[group] in tools
        )
    calls = list(_CALL.finditer(text, *said))
    for call in calls:
        if tool := tools.get(call[1]):
            pairs.append((NAME, call.span(1), tool.name))
            for item in _ITEM.finditer(text, *call.span(2)):
                if item[1] in tool.keys:
                    pairs.append((KEY, item.span(1), tool.keys[item[1]]))
                pairs += _again(text, _bare(text, item.span(2)), source)
    if not calls:
        for part in _parts(text, said):
            pairs += _again(text, part, source)
    return [look for pair in pairs for look in _steps(tokens, *pair)]


def _parts(text: str, said: Span) -> Iterator[Span]:
    """Yield what a reply without calls may copy: all of it, and items of JSON or of results."""
    start = text.find("</think>\n\n", *said)
    begin = start + len("</think>\n\n") if start >= 0 else said[0]
    yield begin, said[1]
    if text.startswith("{", begin):
        for item in _ITEM.finditer(text, begin, said[1]):
            yield item.span(1)
            yield _bare(text, item.span(2))
    for item in _TOLD.finditer(text, begin, said[1]):
        yield item.span(1)
        yield item.span(2)


def _bare(text: str, span: Span) -> Span:
    """Return `span` without its quotes."""
    return (span[0] + 1, span[1] - 1) if text[span[0]] == '"' else span


def _again(text: str, part: Span, source: Span) -> list[tuple[int, Span, Span]]:
    """Return the one place in `source` with the same words, or none: two would be a guess."""
    words = text[slice(*part)]
    if not words:
        return []
    whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    found = list(whole.finditer(text, *source))
    return [(WORDS, part, found[0].span())] if len(found) == 1 else []


def _steps(tokens: Tokens, kind: int, written: Span, seen: Span) -> list[Look]:
    """Return a look for each token of what is `written`: the one before it looks at its original.

    The last one looks at the very first token instead: there is nothing more to copy.
    """
    one, other = tokens.span(*written), tokens.span(*seen)
    if one is None or other is None or not tokens.same(one, other):
        return []
    steps = [Look(kind, one[0] - 1 + step, other[0] + step) for step in range(one[1] - one[0])]
    return [*steps, Look(kind, one[1] - 1, 0)]
