"""Tools that questions offer: written families under many names, and invented ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from guide_training.draw import Draw, is_held
from guide_training.exchange import Tool
from guide_training.kinds.json_object import listing, shown
from guide_training.paraphrase import polite
from guide_training.phrases import Phrases

PHRASES = Phrases("tool_call")
LANGUAGES: list[str] = PHRASES.content["languages"]
CURRENCIES: list[str] = PHRASES.content["currencies"]
COUNTRIES: list[str] = PHRASES.content["countries"]
ROOMS = [
    "kitchen",
    "bedroom",
    "hall",
    "office",
    "bathroom",
    "living room",
    "garage",
    "cellar",
    "attic",
    "garden",
]
COMMANDS = [
    "ls -la",
    "git status",
    "make test",
    "pwd",
    "df -h",
    "uname -a",
    "git log",
    "npm install",
    "whoami",
    "date",
    "uptime",
    "top -b",
]
CHOICES = {
    "unit": ["celsius", "fahrenheit"],
    "priority": ["low", "medium", "high"],
    "size": ["small", "medium", "large"],
}
NUMERIC = {"integer", "number", "small", "percent", "age", "decimal"}
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


@dataclass
class Parameter:
    """One argument of a tool; `sort` says what values it takes."""

    name: str
    sort: str
    required: bool = True
    choices: list[str] = field(default_factory=list)

    def schema(self, draw: Draw) -> dict[str, Any]:
        """Return the parameter's JSON schema."""
        if self.choices:
            return {"type": "string", "enum": self.choices}
        if self.sort == "truth":
            return {"type": "boolean"}
        if self.sort in ("number", "decimal"):
            return {"type": "number"}
        if self.sort in NUMERIC:
            return {"type": draw.pick(["integer", "integer", "number"])}
        return {"type": "string"}


@dataclass
class Toolkit:
    """A tool with a question that fits it."""

    name: str
    about: str
    parameters: list[Parameter]
    question: str
    arguments: dict[str, Any]
    group: str

    def definition(self, draw: Draw) -> Tool:
        """Return the tool as OpenAI clients send it."""
        schema = {
            "type": "object",
            "properties": {item.name: item.schema(draw) for item in self.parameters},
            "required": [item.name for item in self.parameters if item.required],
        }
        function: dict[str, Any] = {"name": self.name, "parameters": schema}
        if self.about:
            function["description"] = self.about
        return {"type": "function", "function": function}


def _path(draw: Draw) -> str:
    root, first = draw.pick(["/", "./", "", ""]), draw.word()
    joint, second = draw.pick(["/", "_", "-"]), draw.word()
    return f"{root}{first}{joint}{second}.{draw.pick(['py', 'txt', 'md', 'json', 'csv'])}"


def value(draw: Draw, sort: str, choices: list[str]) -> Any:
    """Return a random argument of the `sort`."""
    if choices:
        return draw.pick(choices)
    makers: dict[str, Any] = {
        "city": draw.city,
        "name": draw.name,
        "integer": draw.integer,
        "number": lambda: draw.decimal() if draw.chance(0.3) else draw.integer(4),
        "decimal": draw.decimal,
        "small": lambda: draw.random.randint(1, 60),
        "percent": lambda: draw.random.randint(0, 100),
        "age": lambda: draw.random.randint(1, 99),
        "phrase": lambda: draw.phrase(4),
        "proper": lambda: draw.phrase(2).title(),
        "email": draw.email,
        "date": draw.date,
        "clock": draw.clock,
        "code": draw.code,
        "truth": lambda: draw.chance(0.5),
        "noun": lambda: draw.listed("nouns"),
        "word": draw.word,
        "language": lambda: draw.pick(LANGUAGES),
        "currency": lambda: draw.pick(CURRENCIES),
        "country": lambda: draw.pick(COUNTRIES) if draw.chance(0.7) else draw.made_up().title(),
        "room": lambda: draw.pick(ROOMS),
        "symbol": lambda: "".join(
            draw.pick("ABCDEFGHIKLMNOPRSTUVWXYZ") for _ in range(draw.pick([2, 3, 4]))
        ),
        "folder": lambda: f"{draw.pick(['/', './', '~/', ''])}{draw.word()}/{draw.word()}",
        "path": lambda: _path(draw),
        "command": lambda: draw.pick(
            [draw.pick(COMMANDS), f"{draw.made_up()} -{draw.pick('abcxyz')} {draw.word()}"]
        ),
        "expression": lambda: f"{draw.integer(3)} {draw.pick('+-*/')} {draw.integer(3)}",
    }
    return makers[sort]()


def _family_toolkit(draw: Draw) -> Toolkit:
    families = PHRASES.content["family"]
    family = draw.pick([item for item in families if draw.held or not item.get("held")])
    fresh = draw.held and not family.get("held")
    if fresh:
        question = draw.pick(family["held_asks"])
    else:
        question = polite(draw, draw.pick(family["asks"]), family.get("held_asks", []))
    name = draw.pick(family["held_names"] if fresh and draw.chance(0.5) else family["names"])
    parameters: list[Parameter] = []
    arguments: dict[str, Any] = {}
    shown_values: dict[str, Any] = {}
    for slot, (sort, *names) in family["parameters"].items():
        bare = slot.rstrip("?")
        used = f"{{{bare}}}" in question
        if not used and draw.chance(0.5):
            continue
        taken = [item.name for item in parameters]
        free = [item for item in names if item not in taken]
        choices = CHOICES.get(sort, [])
        parameter = Parameter(draw.pick(free or [bare]), sort, bare == slot, choices)
        parameters.append(parameter)
        if used:
            arguments[parameter.name] = shown_values[bare] = value(draw, sort, choices)
    text = question.format(**{key: shown(item) for key, item in shown_values.items()})
    return Toolkit(name, draw.pick(family["about"]), parameters, text, arguments, family["group"])


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


def _invented_toolkit(draw: Draw) -> Toolkit:
    while True:
        verb, noun = draw.listed("verbs"), draw.listed("nouns")
        name = _invented_name(draw, verb, noun)
        if is_held(name) == draw.held:
            break
    parameters = _invented_parameters(draw)
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
    about = draw.pick(
        [f"{verb.capitalize()} a {noun}.", f"{verb.capitalize()} the {noun}", "", draw.phrase(5)]
    )
    return Toolkit(name, about, parameters, question.format(**words), arguments, name)


def _fitting(draw: Draw, name: str, made_up: bool) -> str:
    """Return a phrase of list `name` that says the tool's own name when that is made up."""
    while True:
        phrase = PHRASES.pick(draw, "named" if made_up and name == "worded" else name)
        if "{tool}" in phrase or not made_up:
            return phrase


def toolkit(draw: Draw) -> Toolkit:
    """Return a random tool with a fitting question."""
    return _invented_toolkit(draw) if draw.chance(0.45) else _family_toolkit(draw)


@dataclass
class Box:
    """The tools offered with a question, and what they are for."""

    tools: list[Tool]
    groups: frozenset[str]


def box(draw: Draw, wanted: list[Toolkit], invented: bool = False) -> Box:
    """Return `wanted` among up to three tools of other groups (`invented` ones only), shuffled."""
    chosen = {item.group: item for item in wanted}
    for _ in range(draw.pick([0, 0, 1, 1, 2, 2, 3] if wanted else [1, 2, 3])):
        other = _invented_toolkit(draw) if invented else toolkit(draw)
        if other.name not in [item.name for item in chosen.values()]:
            chosen.setdefault(other.group, other)
    definitions = [item.definition(draw) for item in chosen.values()]
    draw.random.shuffle(definitions)
    return Box(definitions, frozenset(chosen))
