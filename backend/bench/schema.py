"""A JSON Schema on every row: what it costs the batch, and what it costs the first token.

Goals: 16 streams with a schema at 0.8 or more of the same batch without; the first token at most
10 ms later with a schema seen before, and at most 150 ms later with a new one of 4 kB.
"""

import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench import model
from bench.client import post
from bench.pair import ours_alone
from bench.prompts import chat_body
from bench.speed import CHAT, interleaved, ratio, tokens_a_second

WIDTH = 16
MAX_TOKENS = 64
NEW_BYTES = 4096


def run(*, quick: bool) -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = str(model.make(folder / "model"))
        with ours_alone(folder) as server:
            _throughput(server.port, path, rounds=2 if quick else 7)
            _first_tokens(server.port, path, rounds=6 if quick else 40)


def _throughput(port: int, path: str, rounds: int) -> None:
    found = interleaved(
        {
            "free": lambda turn: tokens_a_second(port, _bodies(path, 2 * turn, None)),
            "ruled": lambda turn: tokens_a_second(port, _bodies(path, 2 * turn + 1, LONG)),
        },
        rounds,
    )
    print(f"| {WIDTH} streams, median | tok/s |\n|---|---|")
    print(f"| unconstrained | {statistics.median(found['free']):.0f} |")
    print(f"| a JSON schema on all rows | {statistics.median(found['ruled']):.0f} |")
    print(f"| ratio (goal: 0.80) | {ratio(found['ruled'], found['free']):.2f} |")


def _first_tokens(port: int, path: str, rounds: int) -> None:
    schemas: dict[str, Any] = {
        "free": lambda turn: None,
        "compiled": lambda turn: LONG,
        "new": large_schema,
    }
    found = interleaved(
        {
            # A prompt of its own each time: a known prefix would be answered sooner.
            name: lambda turn, at=at, schema=schema: _first(
                port, _body(path, 100_000 * (at + 1) + turn, schema(turn), 4)
            )
            for at, (name, schema) in enumerate(schemas.items())
        },
        rounds,
    )
    free = statistics.median(found["free"]) * 1000
    print(f"\n| first token, median of {rounds} | ms | more than without |\n|---|---|---|")
    print(f"| without a schema | {free:.1f} | |")
    for name, words in (
        ("compiled", "a schema seen before (goal: 10)"),
        ("new", f"a new schema of {NEW_BYTES // 1024} kB (goal: 150)"),
    ):
        took = statistics.median(found[name]) * 1000
        print(f"| {words} | {took:.1f} | {took - free:.1f} |")


def _first(port: int, body: dict[str, Any]) -> float:
    reply = asyncio.run(post(port, CHAT, body))
    if reply.status != 200 or not reply.first_seconds:
        raise RuntimeError(reply.body[:500].decode(errors="replace"))
    return reply.first_seconds


def _bodies(path: str, turn: int, schema: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [_body(path, turn * 1000 + n, schema, MAX_TOKENS) for n in range(WIDTH)]


def _body(path: str, seed: int, schema: dict[str, Any] | None, tokens: int) -> dict[str, Any]:
    described = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    wanted = {} if schema is None else {"response_format": described}
    return chat_body(path, seed, max_tokens=tokens, **wanted)


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


LONG = _object(
    title={"type": "string", "minLength": 20, "maxLength": 60},
    kind={"enum": ["article", "book", "letter"]},
    year={"type": "integer", "minimum": 1000, "maximum": 2999},
    authors={
        "type": "array",
        "minItems": 3,
        "items": _object(name={"type": "string", "minLength": 30}, alive={"type": "boolean"}),
    },
    summary={"type": "string", "minLength": 200},
)
"""No answer to it ends within ``MAX_TOKENS``: the bench model's tokens have at most two letters."""


def large_schema(turn: int) -> dict[str, Any]:
    """At least ``NEW_BYTES`` of schema that no earlier turn had."""
    properties: dict[str, Any] = {}
    while len(json.dumps(_object(**properties))) < NEW_BYTES:
        n = len(properties)
        properties[f"field_{turn}_{n}"] = _FIELDS[n % len(_FIELDS)]
    return _object(**properties)


_FIELDS: list[dict[str, Any]] = [
    {"type": "string", "description": "What it is called.", "maxLength": 80},
    {"type": "integer", "description": "How many there are.", "minimum": 0, "maximum": 9999},
    {"enum": ["low", "middle", "high"], "description": "How urgent it is."},
    {"type": "array", "items": {"type": "string", "format": "date"}, "maxItems": 5},
    {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4,8}$"},
    {"anyOf": [{"type": "number"}, {"type": "null"}]},
    _object(x={"type": "number"}, y={"type": "number"}, label={"type": "string"}),
]
