"""Tools that questions offer: written families under many names, and invented ones."""

from __future__ import annotations

from dataclasses import dataclass

from guide_training.draw import Draw
from guide_training.exchange import Tool
from guide_training.kinds.families import from_family
from guide_training.kinds.invented import invented as invented_kit
from guide_training.kinds.toolkit import Toolkit

# How many other tools are offered. Training has longer lists: more to choose from.
_OTHERS = {False: [0, 1, 1, 2, 2, 3, 3, 4, 5], True: [0, 0, 1, 1, 2, 2, 3]}


def toolkit(draw: Draw) -> Toolkit:
    """Return a random tool with a fitting question."""
    return invented_kit(draw) if draw.chance(0.45) else from_family(draw)


@dataclass
class Box:
    """The tools offered with a question, what they are for, and those nobody asked for yet."""

    tools: list[Tool]
    groups: frozenset[str]
    others: list[Toolkit]


def box(draw: Draw, wanted: list[Toolkit], invented: bool = False) -> Box:
    """Return `wanted` among tools of other groups (`invented` ones only), shuffled."""
    chosen = {item.group: item for item in wanted}
    for _ in range(draw.pick(_OTHERS[draw.held] if wanted else [1, 2, 3])):
        other = invented_kit(draw) if invented else toolkit(draw)
        if other.name not in [item.name for item in chosen.values()]:
            chosen.setdefault(other.group, other)
    definitions = [item.definition(draw) for item in chosen.values()]
    draw.random.shuffle(definitions)
    others = [item for item in chosen.values() if item not in wanted]
    return Box(definitions, frozenset(chosen), others)
