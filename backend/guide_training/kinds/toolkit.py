"""A tool with a question that fits it, its parameters, and the values they take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from guide_training.draw import Draw
from guide_training.exchange import Tool
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
# How many further questions a tool has in training.
MORE_QUESTIONS = 2
NUMERIC = {"integer", "number", "small", "percent", "age", "decimal"}


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
    # Further questions for the same tool, each with its arguments; in training alone.
    more: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def asked(self, question: str, arguments: dict[str, Any]) -> Toolkit:
        """Return the same tool with another question."""
        return replace(self, question=question, arguments=arguments)

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
