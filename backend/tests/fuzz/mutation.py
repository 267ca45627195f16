"""Small damage to real requests, the same on every run of the same seed."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz.bodies import EMBEDDER, JUDGE, ROUTES, TALKER, Body

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2, 1.5, -0.0, 1e-9, 1e300, 2**31, 2**63, -(2**63) - 1, 10**30,
    "", " ", "x", "0", "null", "x" * 3000, "\x00", "\u2028\u202e", "\U0001f600", "\ud83d", "é" * 99,
    "<think>", "</tool_call>", "<|im_end|>", "{", "(", "(a|b", "[0-9]{1,100000}", "start: start",
    "root ::= root", "resp_" + "0" * 32, "../../etc", TALKER, EMBEDDER, JUDGE,
    [], {}, [[]], [{}], [None], ["text"], [0], [-1, 10**9], {"": ""}, {"type": None}, {"type": []},
    {"type": "text"}, {"type": "text", "text": "Hi"}, {"type": "image"}, {"id": 7},
    {"type": "object"}, {"type": "json_object"}, {"type": "function"}, {"type": "auto"},
    {"role": "user", "content": "Hi"}, {"name": "weather"}, {"not": {}}, {"$ref": "#"},
    {"anyOf": []}, {"enum": []}, {"pattern": "(?=a)"}, {"minimum": 5, "maximum": 1},
]  # fmt: skip
"""What a body's place may hold instead."""

FIELDS = [(name, body[name]) for bodies in ROUTES.values() for body in bodies for name in body]
"""Every field of every dialect: some end up in another's body."""

Place = tuple[Any, Any]
"""A container and a key or index of it."""


def payload(bodies: list[Body], dice: random.Random) -> bytes:
    """One of the bodies with one to three things wrong with it; sometimes with its bytes."""
    body = copy.deepcopy(dice.choice(bodies))
    for _ in range(dice.randint(1, 3)):
        _mutate(body, dice)
    raw = json.dumps(body).encode()
    return dice.choice(DAMAGES)(raw, dice) if dice.random() < 0.08 else raw


def _mutate(body: Body, dice: random.Random) -> None:
    found = list(_places(body))
    if not found or dice.random() < 0.1:
        name, value = dice.choice(FIELDS)
        body[name] = copy.deepcopy(value)
        return
    container, key = dice.choice(found)
    match dice.randrange(6):
        case 0 | 1:
            container[key] = copy.deepcopy(dice.choice(ODD))
        case 2:
            del container[key]
        case 3:
            other, source = dice.choice(found)
            if source in other if isinstance(other, dict) else source < len(other):
                container[key] = copy.deepcopy(other[source])
        case 4:
            container[key] = _nudged(container[key], dice)
        case _:
            _grow(container, key, dice)


def _places(value: Any) -> Iterator[Place]:
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _nudged(value: Any, dice: random.Random) -> Any:
    """Nearly the same."""
    match value:
        case bool():
            return dice.choice([not value, str(value).lower(), int(value)])
        case int() | float():
            return dice.choice([-value, value * 1000, value + 0.5, value - 1, str(value)])
        case str():
            near = [value[:-1], value * 2, value.upper(), value + "\x00", f" {value}", [value]]
            return dice.choice([*near, {"text": value}])
        case list():
            return dice.choice([value[::-1], value * 2, [value], dict(enumerate(value))])
        case dict():
            return dice.choice([[value], list(value.items()), json.dumps(value), list(value)])
    return dice.choice(ODD)


def _grow(container: Any, key: Any, dice: random.Random) -> None:
    """A field nobody knows, one item more, or a value many levels further in."""
    deep = copy.deepcopy(container[key])
    for _ in range(dice.choice([1, 5, 60, 300])):
        deep = [deep] if dice.random() < 0.5 else {"a": deep}
    if dice.random() < 0.5:
        container[key] = deep
    elif isinstance(container, list):
        container.insert(key, copy.deepcopy(dice.choice(ODD)))
    else:
        container[f"{key}_"] = deep


def _cut(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(len(raw))]


def _flip(raw: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]


def _double(raw: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + raw[at // 2 :]


def _other_text(raw: bytes, dice: random.Random) -> bytes:
    return dice.choice([raw.decode().encode("utf-16"), b"\xef\xbb\xbf" + raw, raw[1:-1], b"\x00"])


DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [_cut, _flip, _double, _other_text]
