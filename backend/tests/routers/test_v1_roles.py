"""Who may do what under /v1: every route of the inference app with every kind of caller."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mlx_manager.main import create_app
from tests.conftest import Start
from tests.manager import Manager

pytestmark = pytest.mark.anyio

MODEL = "mlx-manager/guide"
TURN = {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}
NOT_SIGNED_IN = ("nobody", "made up", "revoked", "pending", "disabled", "disabled's key")
SIGNED_IN = ("user", "user's key", "administrator", "administrator's key")
MINE = "/responses/{response_id}"


@dataclass(frozen=True)
class Case:
    """A request, and its status for a user and for an administrator; nobody else may make it
    unless it is ``open``. ``owned``: the thing is the user's, and there for nobody else."""

    method: str
    route: str
    body: dict[str, Any] | None = None
    user: int = 200
    administrator: int = 200
    open: bool = False
    owned: bool = False


CASES = (
    Case("POST", "/chat/completions", TURN),
    Case("POST", "/completions", {"model": MODEL, "prompt": "Hi"}),
    Case("POST", "/messages", {**TURN, "max_tokens": 8}),
    Case("POST", "/messages/count_tokens", TURN),
    Case("POST", "/responses", {"model": MODEL, "input": "Hi"}),
    Case("GET", MINE, owned=True),
    Case("GET", MINE + "/input_items", owned=True),
    Case("POST", MINE + "/cancel", owned=True, user=400),  # it is complete
    Case("DELETE", MINE, owned=True),
    Case("POST", "/responses/compact", {"model": MODEL, "input": "Hi"}),
    Case("POST", "/embeddings", {"model": MODEL, "input": "Hi"}, 400, 400),  # it writes
    Case("POST", "/rerank", {"model": MODEL, "query": "a", "documents": ["b"]}, 400, 400),
    Case("POST", "/tokenize", {"model": MODEL, "prompt": "Hi"}),
    Case("POST", "/detokenize", {"model": MODEL, "tokens": [72]}),
    Case("GET", "/models"),
    Case("GET", "/models/{model_id}"),
    Case("GET", "/health", open=True),
    Case("GET", "/admin/status", user=403),
    Case("POST", "/admin/load", {"model": MODEL}, user=403),
    Case("POST", "/admin/reload", {"model": MODEL}, user=403),
    Case("POST", "/admin/unload", {"model": MODEL}, user=403),
)


@pytest.fixture
async def manager(start: Start) -> AsyncIterator[Manager]:
    """One that others can reach."""
    async with start(host="0.0.0.0") as running:
        yield running


async def callers(manager: Manager) -> dict[str, httpx.AsyncClient]:
    """A client of each kind."""
    admin = await manager.administrator()
    clients = {
        "nobody": await manager.client(),
        "made up": await manager.client("mlx-" + "x" * 40),
        "administrator": admin,
    }
    for name in ("user", "pending", "disabled"):
        clients[name] = await manager.user(admin, f"{name}@example.com")
    for name in ("user", "administrator", "disabled"):
        key = (await clients[name].post("/api/keys", json={})).json()
        clients[f"{name}'s key"] = await manager.client(key["key"])
    gone = (await clients["user"].post("/api/keys", json={})).json()
    await clients["user"].delete(f"/api/keys/{gone['id']}")
    clients["revoked"] = await manager.client(gone["key"])
    for name in ("pending", "disabled"):
        account = (await clients[name].get("/api/auth/me")).json()
        await admin.put(f"/api/auth/users/{account['id']}", json={"status": name})
    return clients


def wanted(case: Case, role: str) -> int:
    """The status that a caller of this kind is to get."""
    if case.open:
        return 200
    if role in NOT_SIGNED_IN:
        return 401
    if role.startswith("administrator"):
        return 404 if case.owned else case.administrator
    return case.user


async def test_each_caller_gets_what_is_theirs(manager: Manager) -> None:
    clients = await callers(manager)
    assert set(clients) == {*NOT_SIGNED_IN, *SIGNED_IN}
    asked = {"model": MODEL, "input": "Hi"}
    for case, role in itertools.product(CASES, (*NOT_SIGNED_IN, *reversed(SIGNED_IN))):
        response = (await clients["user"].post("/v1/responses", json=asked)).json()
        path = "/v1" + case.route.format(response_id=response["id"], model_id=MODEL)
        reply = await clients[role].request(case.method, path, json=case.body)
        assert reply.status_code == wanted(case, role), (case, role, reply.text)


def test_no_route_is_missing_from_the_table() -> None:
    document = create_app().state.inference.openapi()
    routes = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert routes == {(case.method, case.route) for case in CASES}
