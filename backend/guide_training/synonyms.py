"""The same question in other words: a word for one that means the same, a small word left out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from guide_training.draw import Draw

_GROUPS: list[list[str]] = tomllib.loads(
    Path(__file__).with_name("synonyms.toml").read_text(encoding="utf-8")
)["groups"]
_OTHERS: dict[str, list[str]] = {}
for _group in _GROUPS:
    for _word in _group:
        _OTHERS.setdefault(_word, []).extend(item for item in _group if item != _word)
_ANY = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _OTHERS), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
_SMALL = re.compile(r"(?<=\w) (?:a|an|the|my|your|this|please|just|to|of|is|are|do|does)(?= \w)")


def with_synonym(draw: Draw, text: str) -> str:
    """Return `text` with one word replaced by one that means the same, if it has such a word."""
    found = list(_ANY.finditer(text))
    if not found:
        return text
    match = draw.pick(found)
    other = draw.pick(_OTHERS[match[0].lower()])
    if match[0][0].isupper():
        other = other[0].upper() + other[1:]
    return text[: match.start()] + other + text[match.end() :]


def without_small_word(draw: Draw, text: str) -> str:
    """Return `text` without one article or the like, as people in a hurry write."""
    found = list(_SMALL.finditer(text))
    if not found:
        return text
    match = draw.pick(found)
    return text[: match.start()] + text[match.end() :]


def reworded(draw: Draw, text: str) -> str:
    """Return `text`, every other time with a synonym or two, now and then without a small word."""
    for share in (0.35, 0.2):
        if draw.chance(share):
            text = with_synonym(draw, text)
    return without_small_word(draw, text) if draw.chance(0.06) else text
