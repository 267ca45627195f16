"""Answering with one JSON object when asked for JSON."""

from __future__ import annotations

import json
from typing import Any

from guide_training.draw import Draw
from guide_training.exchange import Exchange, plain
from guide_training.kinds.guide import GUIDE, phrasing
from guide_training.phrases import Phrases

PHRASES = Phrases("json_object")
THOUGHT = "I should answer with one JSON object."
COLORS = ["red", "green", "blue", "yellow", "orange", "purple"]
COUNTS = {2: ("two", "2"), 3: ("three", "3"), 4: ("four", "4"), 5: ("five", "5")}
_KEYS: dict[str, list[str]] = {
    "name": ["name", "user", "author", "owner", "person", "title", "customer", "player", "friend"],
    "city": ["city", "place", "location", "town", "destination", "origin", "home"],
    "integer": [
        "age",
        "count",
        "size",
        "year",
        "number",
        "id",
        "score",
        "quantity",
        "price",
        "level",
        "weight",
    ],
    "word": [
        "color",
        "animal",
        "type",
        "label",
        "status",
        "kind",
        "word",
        "tag",
        "material",
        "product",
        "item",
    ],
    "decimal": ["price", "rate", "ratio", "length", "width", "height", "temperature", "cost"],
    "code": ["code", "order", "ticket", "reference", "room", "serial"],
    "email": ["email", "contact", "mail", "address"],
    "date": ["date", "day", "birthday", "deadline"],
    "truth": ["active", "enabled", "done", "open", "paid"],
}
_SENTENCES = [
    (
        "{name} is {integer} years old and lives in {city}.",
        {"name": "name", "age": "integer", "city": "city"},
    ),
    ("{name} lives in {city}.", {"name": "name", "city": "city"}),
    ("{name} is {integer} years old.", {"name": "name", "age": "integer"}),
    ("{name} moved to {city} in {integer}.", {"name": "name", "city": "city", "year": "integer"}),
    ("The {word} costs {decimal} in {city}.", {"item": "word", "price": "decimal", "city": "city"}),
    (
        "{name} bought {integer} of the {word} model.",
        {"name": "name", "count": "integer", "product": "word"},
    ),
    ("My name is {name} and my email is {email}.", {"name": "name", "email": "email"}),
    ("Order {code} was placed by {name}.", {"order": "code", "name": "name"}),
    (
        "{name} ordered {integer} items on {date}.",
        {"name": "name", "quantity": "integer", "date": "date"},
    ),
    (
        "The {word} is at {city}, ticket {code}.",
        {"item": "word", "location": "city", "ticket": "code"},
    ),
]


def value(draw: Draw, sort: str) -> Any:
    """Return a random JSON value of the `sort` (a key of _KEYS)."""
    makers: dict[str, Any] = {
        "name": draw.name,
        "city": draw.city,
        "integer": draw.integer,
        "word": draw.word,
        "decimal": draw.decimal,
        "code": draw.code,
        "email": draw.email,
        "date": draw.date,
        "truth": lambda: draw.chance(0.5),
    }
    return makers[sort]()


def shown(content: Any) -> str:
    """Return how a value is written in a question."""
    return content if isinstance(content, str) else json.dumps(content)


def listing(draw: Draw, parts: list[str]) -> str:
    """Return `parts` joined by commas and `and`, in one of the ways people do."""
    if len(parts) == 1:
        return parts[0]
    last = draw.pick([" and ", " and ", ", "])
    return ", ".join(parts[:-1]) + last + parts[-1]


def _pairs(draw: Draw) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for _ in range(draw.pick([1, 2, 2, 2, 3, 3, 4])):
        sort = draw.pick([*_KEYS, "name", "city", "integer", "word"])
        key = draw.pick(_KEYS[sort]) if draw.chance(0.75) else draw.made_up()
        if draw.chance(0.08):
            key = f"{key}_{draw.pick(['name', 'id', 'code', 'total'])}"
        pairs[key] = value(draw, sort)
    return pairs


def _given(draw: Draw) -> Exchange:
    pairs = _pairs(draw)
    shape = draw.pick(PHRASES.content["pair"])
    quote = draw.chance(0.1)
    facts = [
        shape.format(key=key, value=f'"{item}"' if quote and isinstance(item, str) else shown(item))
        for key, item in pairs.items()
    ]
    facts_text = listing(draw, facts)
    if draw.chance(0.15):
        system = PHRASES.pick(draw, "system")
        return plain(
            "json", facts_text, json.dumps(pairs, ensure_ascii=False), THOUGHT, system=system
        )
    question = PHRASES.pick(draw, "given").format(facts=facts_text)
    return plain("json", question, json.dumps(pairs, ensure_ascii=False), THOUGHT)


def _extracted(draw: Draw) -> Exchange:
    sentence, sorts = draw.pick(_SENTENCES)
    filled = {sort: value(draw, sort) for sort in sorts.values()}
    text = sentence.format(**{sort: shown(item) for sort, item in filled.items()})
    answer = {key: filled[sort] for key, sort in sorts.items()}
    keys = listing(draw, list(answer))
    if draw.chance(0.3):
        system = f"{PHRASES.pick(draw, 'system')} Use the keys {keys}."
        return plain("json", text, json.dumps(answer, ensure_ascii=False), THOUGHT, system=system)
    question = PHRASES.pick(draw, "extract").format(keys=keys, sentence=text)
    return plain("json", question, json.dumps(answer, ensure_ascii=False), THOUGHT)


def _colors(draw: Draw) -> Exchange:
    count = draw.pick(list(COUNTS))
    question = PHRASES.pick(draw, "colors").format(count=draw.pick(COUNTS[count]))
    return plain("json", question, json.dumps({"colors": COLORS[:count]}), THOUGHT)


def _guide_answer(draw: Draw) -> Exchange:
    """Return a guide question whose answer is wanted in JSON."""
    topic = draw.pick(GUIDE)
    question = phrasing(draw, topic)
    answer = json.dumps({"answer": topic.answer}, ensure_ascii=False)
    system = PHRASES.pick(draw, "system")
    return plain("json", question, answer, THOUGHT, system=system)


def make(draw: Draw) -> Exchange:
    """Return a request that is to be answered in JSON."""
    return draw.pick(
        [_given, _given, _given, _given, _extracted, _extracted, _colors, _guide_answer]
    )(draw)
