"""Random values for questions, in two disjoint sets: one for training, one held out."""

from __future__ import annotations

import random
import tomllib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
_LISTS: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("values.toml").read_text(encoding="utf-8")
)
_ONSETS = _LISTS["onsets"].split()
_VOWELS = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ea", "oo"]
_CODAS = ["", "", "", "n", "r", "x", "l", "m", "t", "k", "s", "nd", "rt"]
_ACCENTED = _LISTS["accented"].split()
HELD_SHARE = 7


def is_held(value: str) -> bool:
    """Tell whether `value` is kept out of training, by a hash that never changes."""
    return zlib.crc32(value.lower().encode()) % HELD_SHARE == 0


def _pool(name: str, held: bool) -> list[str]:
    text = _LISTS[name]
    words = text.split(", ") if name == "spaced_cities" else text.split()
    return sorted({word for word in words if is_held(word) == held})


_POOLS = {held: {name: _pool(name, held) for name in _LISTS} for held in (False, True)}


_FRAGMENTED = sorted({word.lower() for name in _LISTS for word in _pool(name, held=False)})
_FRAGMENTED = [word for word in _FRAGMENTED if word.isalpha() and len(word) > 2]
# The tokens of a tokenizer made from this data: a token nobody copies in training is never copied.
_PIECES: list[str] = tomllib.loads(
    Path(__file__).with_name("pieces.toml").read_text(encoding="utf-8")
)["pieces"].split()
_ENDINGS = ["com", "org", "net", "io", "de", "fr", "test", "example", "dev"]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Draw:
    """A seeded source of values; `held` says from which of the two sets."""

    def __init__(self, seed: int | str, held: bool) -> None:
        self.random = random.Random(seed)
        self.held = held

    def chance(self, share: float) -> bool:
        """Return True with probability `share`."""
        return self.random.random() < share

    def pick(self, options: Sequence[_T]) -> _T:
        """Return one of `options`."""
        return self.random.choice(options)

    def listed(self, name: str) -> str:
        """Return a word of the list `name` in values.toml."""
        return self.pick(_POOLS[self.held][name])

    def name(self) -> str:
        """Return a first name, now and then with a surname or made up."""
        if self.chance(0.25):
            return self.made_up().capitalize()
        first = self.listed("names")
        return f"{first} {self.listed('surnames')}" if self.chance(0.2) else first

    def city(self) -> str:
        """Return a city, now and then one of two words or a made-up one."""
        if self.chance(0.3):
            return self.made_up().capitalize()
        return self.listed("spaced_cities" if self.chance(0.12) else "cities")

    def made_up(self) -> str:
        """Return a word of two or three syllables that is in no dictionary."""
        while True:
            word = self._fragments() if self.chance(0.5) else self._syllables()
            if not self.held and self.chance(0.4):
                word = "".join(self.pick(_PIECES) for _ in range(self.pick([1, 2, 2, 3])))
            if is_held(word) == self.held and len(word) > 2:
                return word

    def _syllables(self) -> str:
        count = self.pick([1, 2, 2, 2, 3, 3])
        parts = [self.pick(_ONSETS) + self.pick(_VOWELS) for _ in range(count)]
        return "".join(parts) + self.pick(_CODAS)

    def _fragments(self) -> str:
        """Return pieces of known words joined, so that every token gets its share of copying."""
        word = ""
        for _ in range(self.pick([1, 1, 2, 2, 3])):
            known = self.pick(_FRAGMENTED)
            start = self.random.randrange(len(known))
            word += known[start : start + self.random.randint(1, 6)]
        return word + (self.pick(_LETTERS) if self.chance(0.2) else "")

    def word(self) -> str:
        """Return a noun, an adjective, a verb or a made-up word."""
        if self.chance(0.4):
            return self.made_up()
        return self.listed(self.pick(["nouns", "nouns", "adjectives", "verbs"]))

    def phrase(self, most: int = 5) -> str:
        """Return one to `most` words."""
        return " ".join(self.word() for _ in range(self.random.randint(1, most)))

    def integer(self, most: int = 5) -> int:
        """Return a non-negative integer of one to `most` digits of the right set."""
        while True:
            digits = self.random.randint(1, most)
            value = self.random.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits)
            if digits < 3 or is_held(str(value)) == self.held:
                return value

    def decimal(self) -> float:
        """Return a number with one or two decimals."""
        return round(self.integer(3) + self.random.randint(1, 99) / 100, self.random.randint(1, 2))

    def email(self) -> str:
        """Return an e-mail address in a reserved domain."""
        local = self.pick([self.listed("names").lower(), self.made_up()])
        if self.chance(0.3):
            local += self.pick([".", "_", "-"]) + self.listed("surnames").lower()
        if self.chance(0.5):
            return f"{local}@{self.made_up()}.{self.pick(_ENDINGS)}"
        return f"{local}@{self.listed('domains')}"

    def date(self) -> str:
        """Return a date such as 2024-05-17."""
        year, month = self.random.randint(10, 39), self.random.randint(1, 12)
        return f"20{year}-{month:02d}-{self.random.randint(1, 28):02d}"

    def clock(self) -> str:
        """Return a time such as 14:30."""
        return f"{self.random.randint(0, 23):02d}:{self.random.randint(0, 59):02d}"

    def code(self) -> str:
        """Return an identifier such as KX-4821."""
        letters = "".join(
            self.pick("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(self.random.randint(1, 3))
        )
        return f"{letters}{self.pick(['-', '', '_'])}{self.integer(4)}"

    def styled(self, text: str) -> str:
        """Return `text` with some other case."""
        return self.pick([text, text, text, text.upper(), text.title(), text.capitalize()])

    def odd(self) -> str:
        """Return a word with accents, of another script, or a symbol."""
        return self.pick(_ACCENTED)
