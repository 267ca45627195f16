"""/v1/responses behind the manager's accounts: kept in the database, and each to their own."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.response_store import StoredResponse
from tests.fakes.script import Script, WaitFor
from tests.manager import Manager, serving

pytestmark = pytest.mark.anyio
ASKED: dict[str, Any] = {"model": "mlx-manager/guide", "input": "I am Ada."}


async def test_two_owners_cannot_see_each_others_responses(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    anyone = await manager.client()
    whole = (await ada.post("/v1/responses", json=ASKED)).json()
    item = whole["output"][0]["id"]
    path = f"/v1/responses/{whole['id']}"
    for other in (bob, anyone):
        for method, target in (
            ("GET", path),
            ("GET", f"{path}/input_items"),
            ("GET", f"{path}?stream=true"),
            ("POST", f"{path}/cancel"),
            ("DELETE", path),
        ):
            reply = await other.request(method, target)
            assert reply.status_code == 404, (method, target, reply.text)
        for borrowed in (
            {"previous_response_id": whole["id"]},
            {"input": [{"type": "item_reference", "id": item}]},
        ):
            reply = await other.post("/v1/responses", json={**ASKED, **borrowed})
            assert reply.status_code == 400, reply.text
    assert (await ada.get(path)).json() == whole
    assert (await ada.delete(path)).json()["deleted"] is True
    assert (await ada.get(path)).status_code == 404


async def test_a_background_response_is_its_owners_alone_while_it_runs(manager: Manager) -> None:
    gate = asyncio.Event()
    manager.engine.default = Script.of("Half", WaitFor(gate))
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    begun = (await ada.post("/v1/responses", json={**ASKED, "background": True})).json()
    path = f"/v1/responses/{begun['id']}"
    assert (await bob.get(path)).status_code == 404
    assert (await bob.post(f"{path}/cancel")).status_code == 404
    assert (await bob.delete(path)).status_code == 404
    assert (await ada.post(f"{path}/cancel")).json()["status"] == "cancelled"


async def test_responses_outlive_the_server(settings: ManagerSettings, tmp_path: Path) -> None:
    async with serving(settings, tmp_path) as manager:
        client = await manager.client()
        whole = (await client.post("/v1/responses", json=ASKED)).json()
        store = manager.app.state.inference.state.responses
        await store.save("local", StoredResponse({**whole, "id": "resp_x", "status": "queued"}, []))
        manager.engine.default = Script.of("Half", WaitFor(asyncio.Event()))
        running = (await client.post("/v1/responses", json={**ASKED, "background": True})).json()
    async with serving(settings, tmp_path) as manager:
        client = await manager.client()
        assert (await client.get(f"/v1/responses/{whole['id']}")).json() == whole
        more = {**ASKED, "input": "Who am I?", "previous_response_id": whole["id"]}
        assert (await client.post("/v1/responses", json=more)).status_code == 200
        spec = manager.engine.specs[-1]
        assert "I am Ada." in spec.model.tokenizer.decode(spec.prompt.token_ids)
        for name in (running["id"], "resp_x"):
            kept = (await client.get(f"/v1/responses/{name}")).json()
            assert kept["status"] == "failed"
            assert "stopped" in kept["error"]["message"]
