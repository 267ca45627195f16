"""What can be served, what is resident, and who may change it."""

from collections.abc import Mapping

import httpx
import pytest

from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.errors import InvalidModel, Unauthorized
from tests.mlx_server.api.requests import chat
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio


async def test_the_list_names_every_model_and_whether_it_is_loaded(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/chat/completions", json=chat())
    body = (await client.get("/models")).json()
    assert body["object"] == "list"
    assert {entry["id"]: entry["loaded"] for entry in body["data"]} == {
        MODEL: True,
        OTHER_MODEL: False,
    }
    assert all(entry["object"] == "model" for entry in body["data"])
    assert body["data"][0]["context_length"] == 4096


@pytest.mark.parametrize("name", ["org/other", "org%2Fother"])
async def test_an_id_with_a_slash_works_encoded_or_not(
    client: httpx.AsyncClient, name: str
) -> None:
    assert (await client.get(f"/models/{name}")).json()["id"] == OTHER_MODEL


async def test_an_unknown_model_is_a_404(client: httpx.AsyncClient) -> None:
    reply = await client.get("/models/no/such")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "model_not_found")


async def test_a_broken_model_is_not_listed_and_says_what_is_wrong(
    server: Server, client: httpx.AsyncClient
) -> None:
    weights = server.pool.catalog.locate(OTHER_MODEL) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4])
    listed = (await client.get("/models")).json()["data"]
    assert [entry["id"] for entry in listed] == [MODEL]
    for reply in (
        await client.get(f"/models/{OTHER_MODEL}"),
        await client.post("/chat/completions", json=chat(model=OTHER_MODEL)),
    ):
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid_model")
        assert "model.safetensors" in reply.json()["error"]["message"]


async def test_a_download_without_its_configuration_says_so(
    server: Server, client: httpx.AsyncClient
) -> None:
    (server.pool.catalog.locate(OTHER_MODEL) / "config.json").unlink()
    reply = await client.get(f"/models/{OTHER_MODEL}")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid_model")
    assert "config.json" in reply.json()["error"]["message"]


async def test_health_tells_who_is_resident(client: httpx.AsyncClient) -> None:
    await client.post("/chat/completions", json=chat())
    body = (await client.get("/health")).json()
    assert body["status"] == "healthy"
    assert [model["id"] for model in body["models"]] == [MODEL]


async def test_health_is_degraded_after_a_crash_and_503_when_it_is_final(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.crash("a bad kernel")
    degraded = await client.get("/health")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert degraded.json()["reason"] == "a bad kernel"
    server.engine.crash("again", final=True)
    assert (await client.get("/health")).status_code == 503
    assert (await client.post("/chat/completions", json=chat())).status_code == 500
    server.engine.alive = True


async def test_a_stranger_learns_the_status_and_nothing_else(
    server: Server, client: httpx.AsyncClient
) -> None:
    async def refuse(headers: Mapping[str, str]) -> Principal:
        raise Unauthorized("A key is required.")

    server.app.state.authenticate = refuse
    assert (await client.get("/health")).json() == {"status": "healthy"}
    for route in ("/models", f"/models/{MODEL}", "/admin/status"):
        reply = await client.get(route)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert (await client.post("/chat/completions", json=chat())).status_code == 401


async def test_an_administrator_loads_and_unloads(
    server: Server, client: httpx.AsyncClient
) -> None:
    order = {"model": OTHER_MODEL, "pinned": True}
    loaded = (await client.post("/admin/load", json=order)).json()
    assert (loaded["resident"]["state"], loaded["resident"]["pinned"]) == ("ready", True)
    assert (await client.get("/admin/status")).json()["models"] == [loaded["resident"]]
    unloaded = await client.post("/admin/unload", json={"model": OTHER_MODEL})
    assert unloaded.json() == {"model": OTHER_MODEL, "resident": None}
    assert server.engine.resident == {}
    again = await client.post("/admin/unload", json={"model": OTHER_MODEL})
    assert again.status_code == 404


async def test_a_pin_stays_until_it_is_taken_off(client: httpx.AsyncClient) -> None:
    async def load(**more: bool) -> object:
        reply = await client.post("/admin/load", json={"model": MODEL, **more})
        return reply.json()["resident"]["pinned"]

    assert [await load(), await load(pinned=True), await load()] == [False, True, True]
    assert await load(pinned=False) is False


async def test_a_load_that_fails_gives_its_reason(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.load_errors[OTHER_MODEL] = InvalidModel("model.safetensors: no 'lm_head'.")
    reply = await client.post("/admin/load", json={"model": OTHER_MODEL})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid_model")
    assert (await client.get("/admin/status")).json()["models"] == []


@pytest.mark.parametrize("body", [{}, {"model": 7}, {"model": MODEL, "pinned": "yes"}])
async def test_a_wrong_order_is_a_400(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    reply = await client.post("/admin/load", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] in ("model", "pinned")


async def test_a_user_may_ask_but_not_administer(server: Server, client: httpx.AsyncClient) -> None:
    async def as_user(headers: Mapping[str, str]) -> Principal:
        return Principal(scope="user-1", kind=PrincipalKind.USER)

    server.app.state.authenticate = as_user
    assert (await client.get("/admin/status")).status_code == 403
    assert (await client.post("/admin/load", json={"model": MODEL})).status_code == 403
    assert (await client.post("/chat/completions", json=chat())).status_code == 200
    assert server.engine.specs[-1].scope == "user-1"
