"""Names nobody could have learned, so that a tool's name is read and not remembered."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from guide_training.draw import Draw, is_held

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
VERBS = ["get", "set", "do", "make", "find", "run", "list", "show", "new", "add", "check"]
VERBS += ["fetch", "create", "lookup", "handle", "start"]


def words_of(names: Sequence[str]) -> list[str]:
    """Return the words that `names` are made of: getWeather and get_weather give get, weather."""
    return sorted({word.lower() for name in names for word in _WORD.findall(name)})


def joined(draw: Draw, parts: list[str]) -> str:
    """Return `parts` as one name: get_weather, getWeather, get-weather, ..."""
    style = draw.pick(["_", "_", "_", "camel", "Camel", "-", ""])
    if style == "camel":
        return parts[0] + "".join(part.title() for part in parts[1:])
    if style == "Camel":
        return "".join(part.title() for part in parts)
    return style.join(parts)


def fresh_name(draw: Draw, known: Sequence[str], kept_out: Set[str]) -> str:
    """Return a new name with one word of the `known` names, or none; never one `kept_out`."""
    while True:
        parts = [
            draw.pick(
                [
                    draw.pick(VERBS),
                    draw.listed("nouns"),
                    draw.listed("verbs"),
                    draw.listed("adjectives"),
                    draw.made_up(),
                ]
            )
            for _ in range(draw.pick([0, 1, 1, 1, 2]))
        ]
        if not parts or draw.chance(0.6):
            parts.insert(draw.random.randint(0, len(parts)), draw.pick(words_of(known)))
        name = joined(draw, parts)
        if not is_held(name) and name not in kept_out:
            return name


def derived_name(draw: Draw, known: Sequence[str], about: str, kept_out: Set[str]) -> str:
    """Return a new name of what the tool is for: words of its `known` names and of `about`."""
    telling = [word for word in words_of([*known, about]) if len(word) > 2 and word not in VERBS]
    while True:
        parts = [draw.pick(telling or words_of(known))]
        shape = draw.random.random()
        if shape < 0.5:
            parts.insert(0, draw.pick(VERBS))
        elif shape < 0.8:
            parts.append(draw.pick([*telling, *VERBS]))
        name = joined(draw, parts)
        if len(set(parts)) == len(parts) and not is_held(name) and name not in kept_out:
            return name


def fresh_key(draw: Draw) -> str:
    """Return a parameter's name made of one or two words."""
    if draw.chance(0.4):
        return draw.made_up()
    parts = [draw.listed(draw.pick(["nouns", "verbs", "adjectives"]))]
    if draw.chance(0.3):
        parts.append(draw.pick(["id", "name", "to", "value", "text", draw.listed("nouns")]))
    return draw.pick(["_", "_", ""]).join(parts)
