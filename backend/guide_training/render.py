"""Conversations as token ids, with the places the guide must learn to write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transformers import PreTrainedTokenizerFast

from guide_training.looks import Look, looks_of
from guide_training.mix import Conversation
from guide_training.spans import Span, tokens_of
from guide_training.tokenizer import TURN_END, TURN_START


@dataclass(frozen=True)
class Sample:
    """Token ids, the half-open spans the assistant wrote, and where the first turn ends.

    `looks` say from where which earlier place is to be looked at.
    """

    ids: list[int]
    spans: list[Span]
    first_turn: int
    looks: list[Look] = field(default_factory=list)

    def cut(self, most: int) -> Sample:
        """Return the sample with at most the first `most` tokens of the last answer."""
        start, end = self.spans[-1]
        end = min(end, start + most)
        looks = [look for look in self.looks if look.place < end]
        return replace(
            self, ids=self.ids[:end], spans=[*self.spans[:-1], (start, end)], looks=looks
        )


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
    tokens = tokens_of(tokenizer, text)
    ids = tokens.ids
    start, end = tokenizer.convert_tokens_to_ids([TURN_START, TURN_END])
    role = tokenizer.encode("assistant", add_special_tokens=False)
    newline = tokenizer.encode("\n", add_special_tokens=False)[0]
    spans: list[Span] = []
    at = 0
    first_turn = 0
    while at < len(ids):
        close = ids.index(end, at)
        first_turn = first_turn or close + 2
        if ids[at] == start and ids[at + 1 : at + 1 + len(role)] == role:
            spans.append((ids.index(newline, at) + 1, close + 1))
        at = close + 2
    return Sample(ids, spans, first_turn, looks_of(tokens))
