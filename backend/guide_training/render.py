"""Conversations as token ids, with the places the guide must learn to write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transformers import PreTrainedTokenizerFast

from guide_training.mix import Conversation
from guide_training.tokenizer import TURN_END, TURN_START

# What stands before a tool's name and after it, in a call and in the thought of one.
_AROUND = (('{"name": "', '", "'), ("I should call ", "."))


@dataclass(frozen=True)
class Sample:
    """Token ids, the half-open spans the assistant wrote, and where the first turn ends.

    `looks` are pairs of places: where a token of a tool's name is to be written next, and where
    that token stands at the end of the tool's line.
    """

    ids: list[int]
    spans: list[tuple[int, int]]
    first_turn: int
    looks: list[tuple[int, int]] = field(default_factory=list)

    def cut(self, most: int) -> Sample:
        """Return the sample with at most the first `most` tokens of the last answer."""
        start, end = self.spans[-1]
        end = min(end, start + most)
        return replace(self, ids=self.ids[:end], spans=[*self.spans[:-1], (start, end)])


def text_of(tokenizer: PreTrainedTokenizerFast, chat: Conversation) -> str:
    """Return the whole conversation as the chat template writes it."""
    rendered = tokenizer.apply_chat_template(
        chat.messages, tools=chat.tools or None, tokenize=False
    )
    assert isinstance(rendered, str)
    return rendered


def sample_of(tokenizer: PreTrainedTokenizerFast, text: str) -> Sample:
    """Return the ids of `text` with the spans between an assistant's header and its end mark.

    The template keeps every earlier turn as it was generated, so all of them are learned from.
    """
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False)
    start, end = tokenizer.convert_tokens_to_ids([TURN_START, TURN_END])
    role = tokenizer.encode("assistant", add_special_tokens=False)
    newline = tokenizer.encode("\n", add_special_tokens=False)[0]
    spans = []
    at = 0
    first_turn = 0
    while at < len(ids):
        close = ids.index(end, at)
        first_turn = first_turn or close + 2
        if ids[at] == start and ids[at + 1 : at + 1 + len(role)] == role:
            spans.append((ids.index(newline, at) + 1, close + 1))
        at = close + 2
    looks = _looks(tokenizer, ids, spans, first_turn)
    return Sample(ids, spans, first_turn, looks)


def _looks(
    tokenizer: PreTrainedTokenizerFast, ids: list[int], spans: list[tuple[int, int]], end: int
) -> list[tuple[int, int]]:
    """Return where each token of a called tool's name is to be read that the list leaves open."""
    listed = _listed(tokenizer, ids[:end])
    found: list[tuple[int, int]] = []
    for start, stop in _names(tokenizer, ids, spans):
        name = tuple(ids[start:stop])
        for step in range(len(name) if name in listed else 0):
            if sum(other[:step] == name[:step] for other in listed) > 1:
                found.append((start - 1 + step, listed[name] + step))
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


def _names(
    tokenizer: PreTrainedTokenizerFast, ids: list[int], spans: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the spans of the names of the tools that are called."""
    found: list[tuple[int, int]] = []
    for marks in _AROUND:
        before, (after, *_) = (tokenizer.encode(mark, add_special_tokens=False) for mark in marks)
        for start, stop in spans:
            found += [
                (first, ids.index(after, first))
                for first in range(start + len(before), stop)
                if ids[first - len(before) : first] == before and after in ids[first:stop]
            ]
    return found
