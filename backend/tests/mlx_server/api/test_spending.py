"""What every kind of work costs its caller, on a scripted engine."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.core.allowance import Standing
from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.errors import Overloaded
from tests.fakes.embedding_models import declare_embeddings
from tests.fakes.script import Fail, Script
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio


class Purse:
    """An ``Allowance`` that only writes down."""

    def __init__(self) -> None:
        self.requests = 0
        self.spent: list[int] = []

    async def admit(self) -> None:
        self.requests += 1

    def spend(self, tokens: int) -> None:
        self.spent.append(tokens)

    def standing(self) -> Standing:
        return Standing()


@pytest.fixture
def purse(server: Server) -> Purse:
    """Everybody's."""
    purse = Purse()
    caller = Principal("someone", PrincipalKind.KEY, allowance=purse)

    async def authenticate(headers: Mapping[str, str]) -> Principal:
        del headers
        return caller

    server.app.state.authenticate = authenticate
    return purse


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        ("/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
        ("/chat/completions", {"messages": [{"role": "user", "content": "Hi"}], "n": 3}),
        ("/chat/completions", {"messages": [{"role": "user", "content": "Hi"}], "stop": "o"}),
        ("/completions", {"prompt": "Hi"}),
        ("/completions", {"prompt": ["Hi", "Hello"], "n": 2, "seed": 7}),
        ("/messages", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2}),
        ("/responses", {"input": "Hi"}),
    ],
)
async def test_an_answer_costs_what_its_usage_says(
    client: httpx.AsyncClient, purse: Purse, route: str, fields: dict[str, Any]
) -> None:
    reply = await client.post(route, json={"model": MODEL, **fields})
    assert reply.status_code == 200, reply.text
    usage = reply.json()["usage"]
    told = usage.get("total_tokens") or usage["input_tokens"] + usage["output_tokens"]
    assert sum(purse.spent) == told
    assert purse.requests == 1


async def test_vectors_cost_their_texts_unless_we_fail(
    server: Server, client: httpx.AsyncClient, purse: Purse
) -> None:
    declare_embeddings(server.pool.catalog.locate(OTHER_MODEL))
    body = {"model": OTHER_MODEL, "input": ["a", "some words"]}
    reply = await client.post("/embeddings", json=body)
    assert purse.spent == [reply.json()["usage"]["total_tokens"]]
    server.engine.embed_error = Overloaded("Full.", retry_after_seconds=1)
    assert (await client.post("/embeddings", json=body)).status_code == 503
    assert len(purse.spent) == 1


async def test_vectors_that_nobody_waited_for_cost_as_much(
    server: Server, client: httpx.AsyncClient, purse: Purse
) -> None:
    declare_embeddings(server.pool.catalog.locate(OTHER_MODEL))
    server.engine.embed_gate = asyncio.Event()
    body = {"model": OTHER_MODEL, "input": "some words"}
    call = asyncio.create_task(client.post("/embeddings", json=body))
    await eventually(lambda: len(server.engine.embed_specs) == 1)
    call.cancel()
    await eventually(lambda: server.engine.embeds_dropped == 1)
    assert purse.spent == [len(server.engine.embed_specs[0].passages[0])]


async def test_a_prompt_that_was_never_begun_costs_nothing(
    server: Server, client: httpx.AsyncClient, purse: Purse
) -> None:
    server.engine.default = Script.of(Fail(Overloaded("Full.", retry_after_seconds=1)))
    body = {"model": MODEL, "prompt": "Hi"}
    assert (await client.post("/completions", json=body)).status_code == 503
    assert purse.spent == [0]
