"""A second test, with other phrasings and values. Nobody who changes the training reads them."""

from __future__ import annotations

from guide_training.draw import Draw
from guide_training.exchange import Exchange
from guide_training.held_out import asked
from guide_training.kinds import json_object, repeat, tool_call
from guide_training.kinds.families import BLIND as FAMILIES
from guide_training.kinds.families import from_family
from guide_training.kinds.guide import BLIND, TOPICS
from guide_training.mix import Conversation, conversation

SEED = "blind-1"
COUNT = 60


def blind() -> list[Conversation]:
    """Return every blind question once, and sixty cases of each kind with random values.

    Half of the calls are of families that are in no other list.
    """
    found: list[Conversation] = []

    def put(exchange: Exchange, draw: Draw) -> None:
        found.append(conversation(draw, draw.pick([0, 0, 0, 0, 1, 2]), exchange))

    for topic in TOPICS:
        for question in BLIND[topic.name]:
            put(asked(topic, question), Draw(f"{SEED}-{question}", held=True))
    for index in range(COUNT):
        for maker in (repeat.make, json_object.make, tool_call.make, tool_call.make_told):
            draw = Draw(f"{SEED}-{maker.__module__}-{maker.__name__}-{index}", held=True)
            put(maker(draw), draw)
        draw = Draw(f"{SEED}-family-{index}", held=True)
        put(tool_call.make(draw, from_family(draw, draw.pick(FAMILIES))), draw)
    return found
