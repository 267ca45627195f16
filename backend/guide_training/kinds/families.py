"""Tools that were written down: each a family of one tool under many names."""

from __future__ import annotations

from typing import Any

from guide_training.draw import Draw
from guide_training.kinds.fresh import VERBS, derived_name, fresh_key, fresh_name, words_of
from guide_training.kinds.json_object import shown
from guide_training.kinds.toolkit import CHOICES, MORE_QUESTIONS, PHRASES, Parameter, Toolkit, value
from guide_training.paraphrase import polite
from guide_training.phrases import Phrases

Family = dict[str, Any]
# A name that says nothing is rare among real tools: with many of them the guide came to take the
# strangest tool of a list for the one that was meant.
FRESH_NAMES = 0.08
DERIVED_NAMES = 0.4
FRESH_KEYS = 0.2
# More families and more names for the known ones, for training only: the test draws from the
# first list alone, so that its cases stay as they are.
_MORE = Phrases("tool_call_more").content


def _longer(family: Family) -> Family:
    more = _MORE["more"].get(family["names"][0], {})
    names = more.get("parameters", {})
    return {
        **family,
        **{key: family[key] + more.get(key, []) for key in ("names", "about", "asks")},
        "parameters": {
            slot: sorts + names.get(slot, []) for slot, sorts in family["parameters"].items()
        },
    }


_HELD: list[Family] = PHRASES.content["family"]
_TRAINED: list[Family] = [_longer(item) for item in _HELD if not item.get("held")]
_TRAINED += _MORE["family"] + Phrases("tool_call_values").content["family"]
KEPT_OUT = {name for item in _HELD for name in item.get("held_names", [])}
KEPT_OUT |= {name for item in _HELD if item.get("held") for name in item["names"]}
BLIND: list[Family] = Phrases("blind").content["family"]
KEPT_OUT |= {name for item in BLIND for name in item["names"]}
# What trained families are told with.
WORDS = words_of([text for item in _TRAINED for text in (*item["names"], *item["about"])])
WORDS = [word for word in WORDS if len(word) > 2 and word not in VERBS]


def _asked(draw: Draw, family: Family, fresh: bool) -> tuple[str, str]:
    """Return a question with slots, and the tool's name."""
    if fresh:
        question = draw.pick(family["held_asks"])
    else:
        question = polite(draw, draw.pick(family["asks"]), family.get("held_asks", []))
    name = draw.pick(family["held_names"] if fresh and draw.chance(0.5) else family["names"])
    return question, name


def _parameter(draw: Draw, slot: str, family: Family, taken: list[str]) -> Parameter:
    sort, *names = family["parameters"][slot]
    free = [item for item in names if item not in taken]
    name = draw.pick(free or [slot.rstrip("?")])
    if not draw.held and draw.chance(FRESH_KEYS):
        name = next(key for key in iter(lambda: fresh_key(draw), None) if key not in taken)
    return Parameter(name, sort, not slot.endswith("?"), CHOICES.get(sort, []))


def from_family(draw: Draw, family: Family | None = None) -> Toolkit:
    """Return a tool of a written family; in training its names are often made up."""
    family = family or draw.pick(_HELD if draw.held else _TRAINED)
    fresh = draw.held and not family.get("held")
    question, name = _asked(draw, family, fresh)
    parameters: list[Parameter] = []
    chosen: list[str] = []
    arguments: dict[str, Any] = {}
    shown_values: dict[str, Any] = {}
    for slot in family["parameters"]:
        bare = slot.rstrip("?")
        used = f"{{{bare}}}" in question
        if not used and draw.chance(0.5):
            continue
        parameter = _parameter(draw, slot, family, [item.name for item in parameters])
        parameters.append(parameter)
        chosen.append(bare)
        if used:
            shown_values[bare] = value(draw, parameter.sort, parameter.choices)
            arguments[parameter.name] = shown_values[bare]
    text = question.format(**{key: shown(item) for key, item in shown_values.items()})
    about = draw.pick(family["about"])
    if not draw.held:
        name = _renamed(draw, name, about, family["names"])
    kit = Toolkit(name, about, parameters, text, arguments, family["group"])
    if not draw.held:
        slots = dict(zip(chosen, parameters, strict=True))
        kit.more = [_again(draw, family, slots) for _ in range(MORE_QUESTIONS)]
    return kit


def _again(draw: Draw, family: Family, slots: dict[str, Parameter]) -> tuple[str, dict[str, Any]]:
    """Return another question that the parameters in `slots` are enough for, and its arguments."""
    missing = [f"{{{slot.rstrip('?')}}}" for slot in family["parameters"]]
    missing = [mark for mark in missing if mark[1:-1] not in slots]
    fitting = [ask for ask in family["asks"] if not any(mark in ask for mark in missing)]
    question = polite(draw, draw.pick(fitting), family.get("held_asks", []))
    used = {slot: item for slot, item in slots.items() if f"{{{slot}}}" in question}
    values = {slot: value(draw, item.sort, item.choices) for slot, item in used.items()}
    text = question.format(**{slot: shown(item) for slot, item in values.items()})
    return text, {used[slot].name: item for slot, item in values.items()}


def _renamed(draw: Draw, name: str, about: str, known: list[str]) -> str:
    """Return `name`, often one made of the family's words, now and then one that says nothing."""
    shape = draw.random.random()
    if shape < DERIVED_NAMES:
        return derived_name(draw, known, about, KEPT_OUT)
    if about and shape < DERIVED_NAMES + FRESH_NAMES:
        return fresh_name(draw, known, KEPT_OUT)
    return name
