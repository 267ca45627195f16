"""Hundreds of JSON Schemas against random weights, which want to say anything at all."""

import asyncio
import json
from collections import Counter
from typing import Any

import httpx
import jsonschema
import pytest
from jsonschema.validators import validator_for

from tests.mlx_server.api.conftest import RANDOM_MODEL
from tests.mlx_server.api.json_schemas import ENFORCED
from tests.mlx_server.api.schemas.arrays import ARRAYS
from tests.mlx_server.api.schemas.combined import COMBINED
from tests.mlx_server.api.schemas.formats import checker
from tests.mlx_server.api.schemas.generated import drawn
from tests.mlx_server.api.schemas.numbers import NUMBERS
from tests.mlx_server.api.schemas.objects import OBJECTS
from tests.mlx_server.api.schemas.refused import REFUSED
from tests.mlx_server.api.schemas.strings import STRINGS
from tests.mlx_server.api.test_formats_real import held_to

pytestmark = pytest.mark.anyio
WIDTH = 24
MAX_TOKENS = 240
TABLES = {
    "numbers": NUMBERS,
    "strings": STRINGS,
    "arrays": ARRAYS,
    "objects": OBJECTS,
    "combined": COMBINED,
    "generated": {str(at): schema for at, schema in enumerate(drawn(120))},
}
PARAM = "response_format.json_schema.schema"


async def _asked(url: str, schemas: dict[str, Any], **fields: Any) -> dict[str, httpx.Response]:
    """Every schema once, as many at a time as the batch is wide."""
    left, replies = iter(schemas.items()), {}
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:

        async def ask_the_rest() -> None:
            for name, schema in left:
                body = held_to(schema, model=RANDOM_MODEL, max_tokens=MAX_TOKENS, **fields)
                replies[name] = await client.post("/chat/completions", json=body)

        await asyncio.gather(*(ask_the_rest() for _ in range(WIDTH)))
    return replies


def _check(name: str, schema: Any, text: str) -> None:
    try:
        of_its_draft = validator_for(schema, default=jsonschema.Draft202012Validator)
        of_its_draft(schema, format_checker=checker).validate(json.loads(text))
    except ValueError as error:  # jsonschema's error is one, and json's
        raise AssertionError(f"{name}: {json.dumps(schema)} -> {text!r}") from error


def test_there_are_hundreds_of_them() -> None:
    texts = {json.dumps(s) for table in TABLES.values() for s in table.values()}
    assert len(texts | {json.dumps(s) for s in ENFORCED.values()}) >= 400


@pytest.mark.parametrize("table", TABLES)
async def test_every_finished_answer_is_valid(real_url: str, table: str) -> None:
    schemas = TABLES[table]
    replies = await _asked(real_url, schemas, seed=11)
    reasons: Counter[str] = Counter()
    for name, reply in replies.items():
        assert reply.status_code == 200, (name, schemas[name], reply.text)
        choice = reply.json()["choices"][0]
        reasons[choice["finish_reason"]] += 1
        if choice["finish_reason"] == "stop":
            _check(name, schemas[name], choice["message"]["content"])
    assert reasons.keys() <= {"stop", "length"}
    assert reasons["stop"] >= 0.9 * len(schemas), reasons


async def test_what_cannot_be_enforced_is_a_400_that_names_it(real_url: str) -> None:
    replies = await _asked(real_url, {name: schema for name, (schema, _) in REFUSED.items()})
    for name, reply in replies.items():
        error = reply.json()["error"]
        assert (reply.status_code, error["param"]) == (400, PARAM), (name, reply.text)
        assert REFUSED[name][1] in error["message"], (name, error["message"])
