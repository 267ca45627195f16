"""Where to look for the name of the tool that is called: at the end of its line in the list."""

from __future__ import annotations

from transformers import PreTrainedTokenizerFast

Span = tuple[int, int]
# What stands before a tool's name and after it, in a call and in the thought of one.
_AROUND = (('{"name": "', '", "'), ("I should call ", "."))


def looks_of(
    tokenizer: PreTrainedTokenizerFast, ids: list[int], spans: list[Span], first_turn: int
) -> list[Span]:
    """Return, for each token of a called name that the list leaves open, who looks and where.

    `spans` are what the assistant wrote, and the list stands before `first_turn`. A token is left
    open where the names of several tools go on from what is written. The token before it looks.
    """
    listed = _listed(tokenizer, ids[:first_turn])
    found: list[Span] = []
    for start, stop in _called(tokenizer, ids, spans):
        name = tuple(ids[start:stop])
        found += [
            (start - 1 + step, listed[name] + step)
            for step in range(len(name) if name in listed else 0)
            if sum(other[:step] == name[:step] for other in listed) > 1
        ]
    return found


def _listed(tokenizer: PreTrainedTokenizerFast, ids: list[int]) -> dict[tuple[int, ...], int]:
    """Return the names that end the lines of `ids`, and where they begin."""
    opening = tokenizer.encode(" = ", add_special_tokens=False)
    newline = tokenizer.encode("\n", add_special_tokens=False)[0]
    found: dict[tuple[int, ...], int] = {}
    start = 0
    for at, token in enumerate(ids):
        if ids[at - len(opening) : at] == opening:
            start = at
        elif token == newline:
            if start:
                found[tuple(ids[start:at])] = start
            start = 0
    return found


def _called(tokenizer: PreTrainedTokenizerFast, ids: list[int], spans: list[Span]) -> list[Span]:
    """Return where the names of the tools that are called stand."""
    found: list[Span] = []
    for marks in _AROUND:
        before, (after, *_) = (tokenizer.encode(mark, add_special_tokens=False) for mark in marks)
        for start, stop in spans:
            found += [
                (first, ids.index(after, first))
                for first in range(start + len(before), stop)
                if ids[first - len(before) : first] == before and after in ids[first:stop]
            ]
    return found
