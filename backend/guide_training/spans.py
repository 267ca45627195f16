"""Text and its tokens side by side: which tokens stand for a part of the text."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerFast

Span = tuple[int, int]


@dataclass(frozen=True)
class Tokens:
    """A text, its token ids, and where in the text each of them begins and ends."""

    text: str
    ids: list[int]
    starts: dict[int, int]
    ends: dict[int, int]

    def span(self, start: int, end: int) -> Span | None:
        """Return the half-open range of tokens that are exactly `text[start:end]`, or None."""
        if start not in self.starts or end not in self.ends:
            return None
        return self.starts[start], self.ends[end] + 1

    def same(self, one: Span, other: Span) -> bool:
        """Tell whether two ranges of tokens are the same tokens."""
        return self.ids[slice(*one)] == self.ids[slice(*other)]


def tokens_of(tokenizer: PreTrainedTokenizerFast, text: str) -> Tokens:
    """Return `text` with its tokens."""
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    places = coded["offset_mapping"]
    starts: dict[int, int] = {}
    for index, (start, _) in enumerate(places):
        starts.setdefault(start, index)
    return Tokens(text, coded["input_ids"], starts, {end: i for i, (_, end) in enumerate(places)})
