"""The held-out cases: phrasings and values that training never sees, from a fixed seed."""

from __future__ import annotations

from guide_training.draw import Draw
from guide_training.exchange import Exchange, Maker, plain
from guide_training.kinds import finding, json_object, refusal, repeat, tool_call
from guide_training.kinds.guide import TOPICS, Topic, thought_about
from guide_training.mix import Conversation, conversation

SEED = "held-out-1"
EXERCISES = 200
COUNTS: list[tuple[Maker, int]] = [
    (refusal.make, 60),
    (repeat.make, 60),
    (json_object.make, 60),
    (tool_call.make, 120),
    (tool_call.make_told, 60),
]


def asked(topic: Topic, question: str) -> Exchange:
    """Return `question` with the answer of its `topic`."""
    return plain(
        topic.kind,
        question,
        topic.answer,
        thought_about(topic),
        accepted=topic.accepted,
        label=topic.name,
    )


def cases() -> list[Conversation]:
    """Return every held-out phrasing once, and fixed numbers of the kinds with random values.

    A third of them come after earlier turns, and a fifth is asked to think first.
    """
    found: list[Conversation] = []

    def put(exchange: Exchange, draw: Draw) -> None:
        found.append(conversation(draw, draw.pick([0, 0, 0, 0, 1, 2]), exchange))

    for topic in TOPICS:
        if topic.kind != "refusal":
            for question in topic.held:
                put(asked(topic, question), Draw(f"{SEED}-{question}", held=True))
    for place, (maker, count) in enumerate(COUNTS):
        for index in range(count):
            draw = Draw(f"{SEED}-{place}-{index}", held=True)
            put(maker(draw), draw)
    return found


def exercises() -> list[Conversation]:
    """Return lists of tools with a question that says a word of one of them, not held out."""
    found = [finding.make(Draw(f"finding-{index}", held=False)) for index in range(EXERCISES)]
    return [Conversation(item.messages, item.tools, False, item) for item in found]
