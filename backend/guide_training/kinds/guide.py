"""Questions about MLX Manager, small talk and polite refusals: fixed answers to written topics."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from guide_training.draw import Draw
from guide_training.exchange import Exchange, plain
from guide_training.paraphrase import paraphrase
from guide_training.paraphrase import plain as plain_text
from guide_training.phrases import Phrases
from guide_training.synonyms import reworded

FOLDER = Path(__file__).parent.parent / "topics"
_OPENERS = [
    "Hi, ",
    "Hello! ",
    "Hey, ",
    "Quick question: ",
    "Question: ",
    "Sorry, ",
    "Excuse me, ",
    "OK, ",
    "So ",
    "One more thing: ",
    "Hi there. ",
    "I have a question. ",
    "I am new here. ",
    "Please tell me: ",
    "Another question: ",
    "And ",
    "Good morning, ",
]
_CLOSERS = [
    " Thanks!",
    " Thank you.",
    " please",
    " Please help.",
    " thanks",
    " Thanks in advance.",
    " I am new to this.",
    " (short answer)",
]


@dataclass(frozen=True)
class Topic:
    """One thing the guide knows: an answer and the ways of asking for it."""

    name: str
    kind: str
    about: str
    answer: str
    ask: tuple[str, ...]
    held: tuple[str, ...]
    accepted: tuple[str, ...] = ()
    weight: int = 1


def load_topics() -> list[Topic]:
    """Return all topics of the TOML files, in the order of their names."""
    topics = []
    for path in sorted(FOLDER.glob("*.toml")):
        for name, body in tomllib.loads(path.read_text(encoding="utf-8")).items():
            topics.append(
                Topic(
                    name=name,
                    kind=body.get("kind", "guide"),
                    about=body["about"],
                    answer=body["answer"],
                    ask=tuple(body["ask"]),
                    held=tuple(body["held"]),
                    accepted=tuple(body.get("accepted", ())),
                    weight=body.get("weight", 1),
                )
            )
    return topics


TOPICS = load_topics()
# A topic that people ask for first comes as often as its weight says.
GUIDE = [topic for topic in TOPICS if topic.kind == "guide" for _ in range(topic.weight)]
SMALL_TALK = [topic for topic in TOPICS if topic.kind == "smalltalk"]
REFUSAL = next(topic for topic in TOPICS if topic.kind == "refusal")
# Whose a phrasing is; held-out ones belong to nobody who trains.
_OWNERS = {plain_text(text): topic.name for topic in TOPICS for text in topic.ask}
_OWNERS |= {plain_text(text): "(held out)" for topic in TOPICS for text in topic.held}
_SECOND = Phrases("blind").content
BLIND: dict[str, list[str]] = {**_SECOND["topics"], REFUSAL.name: _SECOND["refusal"]["questions"]}
_OWNERS |= {plain_text(text): "(blind)" for texts in BLIND.values() for text in texts}


def thought_about(topic: Topic) -> str:
    """Return the short reasoning that leads to the topic's answer."""
    return f"{topic.about} I know the answer." if topic.kind == "guide" else topic.about


def typo(draw: Draw, text: str) -> str:
    """Return `text` with two letters of one longer word swapped, or one dropped or doubled."""
    words = text.split(" ")
    places = [index for index, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not places:
        return text
    place = draw.pick(places)
    word = words[place]
    at = draw.random.randrange(1, len(word) - 2)
    words[place] = draw.pick(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        ]
    )
    return " ".join(words)


def worn(draw: Draw, text: str, openers: bool = True) -> str:
    """Return `text` as a person might type it: case, punctuation, typos, a greeting before it."""
    if draw.chance(0.3):
        text = text.lower()
    if draw.chance(0.25):
        text = text.rstrip("?.!")
    elif draw.chance(0.05):
        text = text.rstrip("?.!") + draw.pick(["??", "...", "!", " ?", "."])
    if not draw.held and draw.chance(0.08):
        text = typo(draw, text)
    if openers and draw.chance(0.15):
        first = (
            text if text[:2].isupper() or text.startswith("MLX") else text[:1].lower() + text[1:]
        )
        text = draw.pick(_OPENERS) + first
    if openers and draw.chance(0.1):
        text += draw.pick(_CLOSERS)
    return text


def phrasing(draw: Draw, topic: Topic) -> str:
    """Return a way to ask for `topic`; in training, most times in other words.

    Other words that make a held-out phrasing, or one of another topic, are not taken.
    """
    text = draw.pick(topic.held if draw.held else topic.ask)
    if draw.held:
        return text
    beginning = topic.name != "what_is" and draw.chance(0.25)
    other = reworded(draw, paraphrase(draw, text) if beginning else text)
    return other if _OWNERS.get(plain_text(other), topic.name) == topic.name else text


def ask(draw: Draw, topic: Topic, openers: bool = True) -> Exchange:
    """Return a question of `topic` with its answer."""
    question = worn(draw, phrasing(draw, topic), openers)
    return plain(
        topic.kind,
        question,
        topic.answer,
        thought_about(topic),
        accepted=topic.accepted,
        label=topic.name,
    )


def make(draw: Draw) -> Exchange:
    """Return a question about MLX Manager."""
    return ask(draw, draw.pick(GUIDE))


def make_small_talk(draw: Draw) -> Exchange:
    """Return a greeting, a thank-you or the like."""
    return ask(draw, draw.pick(SMALL_TALK), openers=False)
