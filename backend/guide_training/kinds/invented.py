"""Tools that no list holds: a verb, a noun and random parameters."""

from __future__ import annotations

from typing import Any

from guide_training.draw import Draw, is_held
from guide_training.kinds.families import KEPT_OUT
from guide_training.kinds.json_object import listing, shown
from guide_training.kinds.toolkit import MORE_QUESTIONS, PHRASES, Parameter, Toolkit, value

_INVENTED_SORTS = [
    "word",
    "word",
    "integer",
    "name",
    "city",
    "code",
    "decimal",
    "truth",
    "choice",
    "email",
    "date",
]
_PARAMETER_NAMES = {
    "word": [
        "label",
        "kind",
        "type",
        "tag",
        "key",
        "topic",
        "item",
        "text",
        "value",
        "target",
        "color",
        "model",
    ],
    "integer": [
        "count",
        "size",
        "number",
        "id",
        "amount",
        "level",
        "limit",
        "port",
        "index",
        "speed",
        "volume",
    ],
    "name": ["name", "user", "owner", "person", "author", "customer"],
    "city": ["city", "place", "location", "destination", "region"],
    "code": ["code", "reference", "ticket", "serial", "order_id"],
    "decimal": ["price", "weight", "ratio", "height", "rate", "temperature"],
    "truth": ["active", "force", "verbose", "urgent", "dry_run"],
    "choice": ["mode", "state", "format", "shape", "status"],
    "email": ["email", "contact", "recipient"],
    "date": ["date", "day", "start_date", "deadline"],
}


def _invented_name(draw: Draw, verb: str, noun: str) -> str:
    if draw.chance(0.2):
        return draw.made_up() if draw.chance(0.5) else f"{draw.made_up()}_{draw.made_up()}"
    return draw.pick([f"{verb}_{noun}", f"{verb}_{noun}", f"{noun}_{verb}", verb + noun.title()])


def _invented_parameters(draw: Draw) -> list[Parameter]:
    parameters: list[Parameter] = []
    for _ in range(draw.pick([0, 1, 1, 1, 2, 2, 2, 3])):
        sort = draw.pick(_INVENTED_SORTS)
        name = draw.pick(_PARAMETER_NAMES[sort]) if draw.chance(0.75) else draw.made_up()
        choices = [draw.word() for _ in range(draw.pick([2, 3, 3]))] if sort == "choice" else []
        if name not in [item.name for item in parameters]:
            parameters.append(Parameter(name, sort, draw.chance(0.85), choices))
    return parameters


def invented(draw: Draw) -> Toolkit:
    while True:
        verb, noun = draw.listed("verbs"), draw.listed("nouns")
        name = _invented_name(draw, verb, noun)
        if is_held(name) == draw.held and (draw.held or name not in KEPT_OUT):
            break
    parameters = _invented_parameters(draw)
    question, arguments = _asked(draw, name, verb, noun, parameters)
    about = draw.pick(
        [f"{verb.capitalize()} a {noun}.", f"{verb.capitalize()} the {noun}", "", draw.phrase(5)]
    )
    kit = Toolkit(name, about, parameters, question, arguments, name)
    if not draw.held:
        kit.more = [_asked(draw, name, verb, noun, parameters) for _ in range(MORE_QUESTIONS)]
    return kit


def _asked(
    draw: Draw, name: str, verb: str, noun: str, parameters: list[Parameter]
) -> tuple[str, dict[str, Any]]:
    """Return a question for the tool, and its arguments."""
    given = [item for item in parameters if item.required or draw.chance(0.6)]
    arguments = {item.name: value(draw, item.sort, item.choices) for item in given}
    made_up = verb not in name.lower()
    words = {"tool": name, "verb": verb, "Verb": verb.capitalize(), "noun": noun}
    if not arguments:
        question = _fitting(draw, "bare", made_up)
    elif len(arguments) == 1 and draw.chance(0.5) and given[0].sort != "truth":
        question = _fitting(draw, "single", made_up)
        words["value"] = shown(next(iter(arguments.values())))
    else:
        question = _fitting(draw, draw.pick(["named", "worded"]), made_up)
        shape = draw.pick(["{} {}", "{}: {}", "{} = {}", "the {} {}", "{} set to {}"])
        facts = [shape.format(key, shown(item)) for key, item in arguments.items()]
        words["facts"] = listing(draw, facts)
    return question.format(**words), arguments


def _fitting(draw: Draw, name: str, made_up: bool) -> str:
    """Return a phrase of list `name` that says the tool's own name when that is made up."""
    while True:
        phrase = PHRASES.pick(draw, "named" if made_up and name == "worded" else name)
        if "{tool}" in phrase or not made_up:
            return phrase
