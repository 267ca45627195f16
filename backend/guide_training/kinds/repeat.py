"""Repeating text word for word."""

from __future__ import annotations

from guide_training.draw import Draw
from guide_training.exchange import Exchange, plain
from guide_training.phrases import Phrases

PHRASES = Phrases("repeat")
NUMBER_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def _text(draw: Draw) -> str:  # noqa: PLR0911  (one return a shape)
    shape = draw.random.random()
    if shape < 0.3:
        return draw.styled(draw.phrase(2))
    if shape < 0.55:
        return draw.phrase(7)
    if shape < 0.63:
        return f"{draw.made_up()} {draw.integer()} {draw.made_up()}"
    if shape < 0.7:
        return draw.pick(
            [draw.code(), draw.email(), str(draw.decimal()), draw.clock(), draw.date()]
        )
    if shape < 0.77:
        return f"{draw.phrase(2)} {draw.odd()}"
    if shape < 0.82:
        start = draw.random.randrange(7)
        return " ".join(NUMBER_WORDS[start : start + draw.random.randint(2, 4)])
    return _sentence(draw)


def _sentence(draw: Draw) -> str:
    pattern = draw.pick(
        [
            "The {a} {n} is {b}.",
            "{N} likes the {n}.",
            "I have {i} {n} and {j} {m}.",
            "{N} went to {c}.",
            "Hello {N}, how is {c}?",
            "my {n} is {a}",
            "the {a} {n} of {c}",
            "{n}, {m} and {w}",
            "{N} has a {a} {n}!",
            "this is a {w}",
            "Is the {n} {a}?",
            "to {w} or not to {w}",
            "in {c} with {N}",
            "I am a {w}",
            "hello world",
            "Yes, {N} is {a}.",
            "{w}-{n}",
            "{w}_{n}",
            "{n}: {i}",
            "It's {a}",
            "to be a {n}",
            "is it a {n}",
            "the {n}",
            "a {n}",
        ]
    )
    return pattern.format(
        a=draw.listed("adjectives"),
        b=draw.listed("adjectives"),
        n=draw.listed("nouns"),
        m=draw.listed("nouns"),
        N=draw.name(),
        c=draw.city(),
        w=draw.word(),
        i=draw.integer(3),
        j=draw.integer(2),
    )


def make_drill(draw: Draw, words: int) -> Exchange:
    """Return a request to repeat up to `words` words, for practice only."""
    text = draw.phrase(words)
    question = PHRASES.pick(draw, "text").format(text)
    return plain("repeat", question, text, "I should repeat the text word for word.")


def make(draw: Draw) -> Exchange:
    """Return a request to repeat a text."""
    shape = draw.random.random()
    if shape < 0.7:
        asks, text = "text", _text(draw)
    elif shape < 0.9:
        asks, text = "word", draw.styled(draw.word())
    else:
        asks, text = "number", str(draw.integer(7))
    question = PHRASES.pick(draw, asks).format(text)
    accepted = (text.rstrip(".?!"), text + ".")
    thought = "I should repeat the text word for word."
    return plain("repeat", question, text, thought, accepted=accepted)
