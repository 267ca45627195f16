"""The hub's token: kept sealed, used for searches and downloads, told to nobody."""

import sqlite3

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.services.hub_token import VARIABLES
from tests.conftest import Start
from tests.hub import MODEL, RunningHub
from tests.manager import Manager, log_in
from tests.routers.fetching import begin_download, until

pytestmark = pytest.mark.anyio
TOKEN = "hf_averysecrettoken"
ROUTE = "/api/settings/hub-token"


@pytest.fixture(autouse=True)
def _no_token_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


async def search_is_seen(client: httpx.AsyncClient) -> bool:
    found = (await client.get("/api/models/search")).json()["items"]
    return MODEL in {model["id"] for model in found}


async def test_a_saved_token_opens_what_the_hub_shows_to_it_alone(
    start: Start, hub: RunningHub
) -> None:
    hub.repo.private = hub.repo.gated = True
    hub.repo.tokens = {TOKEN}
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        assert not await search_is_seen(ada)
        assert (await ada.get(f"/api/models/card/{MODEL}")).status_code == 404
        assert (await ada.put(ROUTE, json={"token": TOKEN})).status_code == 200
        assert await search_is_seen(ada)
        assert (await ada.get(f"/api/models/card/{MODEL}")).json()["source"] == "hub"
        await until(ada, await begin_download(ada, MODEL), "complete")
        assert (await ada.delete(ROUTE)).status_code == 204
        assert not await search_is_seen(ada)


async def test_it_is_sealed_in_the_database_and_in_no_reply(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    hub.repo.private = True
    hub.repo.tokens = {TOKEN}
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        replies = [
            await ada.get(ROUTE),
            await ada.put(ROUTE, json={"token": TOKEN}),
            await ada.get(ROUTE),
            await ada.get("/api/settings"),
            await ada.get("/api/audit"),
        ]
        assert [reply.status_code for reply in replies] == [200] * 5
        assert [replies[at].json()["source"] for at in (0, 1, 2)] == ["none", "saved", "saved"]
        assert replies[2].json()["updated_at"] is not None
        assert all(TOKEN not in reply.text for reply in replies)
    connection = sqlite3.connect(settings.database_path)
    [(sealed,)] = connection.execute("SELECT sealed FROM kept_secrets")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert sealed.startswith("v1:")
    assert TOKEN not in dump
    async with start(hf_endpoint=hub.url) as manager:  # it outlives a restart
        client = await manager.client(await log_in(await manager.client(), "ada@example.com"))
        assert await search_is_seen(client)


async def test_under_another_secret_it_is_told_and_not_used(
    start: Start, hub: RunningHub, settings: ManagerSettings
) -> None:
    async with start() as manager:
        ada = await manager.administrator()
        await ada.put(ROUTE, json={"token": TOKEN})
    settings.database_path.with_name("jwt-secret").unlink()
    async with start(hf_endpoint=hub.url) as manager:
        client = await manager.client(await log_in(await manager.client(), "ada@example.com"))
        told = (await client.get(ROUTE)).json()
        assert told["source"] == "saved"
        assert "Enter the key again" in told["problem"]
        assert await search_is_seen(client)
        assert (await client.put(ROUTE, json={"token": TOKEN})).json()["problem"] is None


async def test_the_environment_goes_before_what_is_saved(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    async with start() as manager:
        ada = await manager.administrator()
        told = (await ada.get(ROUTE)).json()
        assert (told["source"], told["variable"]) == ("environment", "HF_TOKEN")
        for reply in (await ada.put(ROUTE, json={"token": "hf_other"}), await ada.delete(ROUTE)):
            assert (reply.status_code, reply.json()["code"]) == (409, "setting_fixed")


@pytest.mark.parametrize("token", ["", "two words", "line\nend", "x" * 513, 7, None])
async def test_what_can_be_no_token_is_refused_and_not_repeated(
    manager: Manager, token: object
) -> None:
    ada = await manager.administrator()
    reply = await ada.put(ROUTE, json={"token": token})
    assert reply.status_code == 422
    assert not token or str(token) not in reply.text.replace("512", "")
