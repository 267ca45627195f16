"""Who may do what: every route with every role, and no route forgotten."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.main import create_app
from mlx_manager.mlx_server.core.ids import ModelId
from tests.conftest import Start
from tests.fakes.model_directory import write_cached_model
from tests.fakes.script import Script
from tests.hub import MODEL, RunningHub
from tests.manager import NEW_PASSWORD, PASSWORD, Manager, log_in, register
from tests.routers.profiling import make_profile
from tests.routers.talk import begin_chat, messages, say, watched

pytestmark = pytest.mark.anyio

ROLES = ("nobody", "pending", "disabled", "key", "other", "owner", "administrator")
SIGNED_IN = {"nobody": 401, "pending": 401, "disabled": 401, "key": 401}
OWNER = {**SIGNED_IN, "other": 404, "administrator": 404}
ADMINISTRATORS = {**SIGNED_IN, "other": 403, "owner": 403}
CHAT = "/api/chat/conversations/{conversation_id}"
USER = "/api/auth/users/{user_id}"
DOWNLOAD = "/api/models/downloads/{download_id}"
PROVIDER = "/api/providers/{provider_id}"
RULE = "/api/routing/rules/{rule_id}"
NO_LAUNCHD = {**ADMINISTRATORS, "administrator": 409}  # on the tests' machine, wherever
A_CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
A_RESULT = {"results": [{"tool_call_id": "{call_id}", "content": "2"}]}
A_PROVIDER = {"name": "new", "base_url": "http://127.0.0.1:9"}
A_RULE = {"name": "away", "model": "far/*", "targets": [{"provider_id": "{ruled_id}"}]}
PROFILE = "/api/profiles/{profile_id}"
SERVER = "/api/servers/{profile_id}"
LOCAL = "acme/On-disk"


@dataclass(frozen=True)
class Case:
    """A request, and the status for each role where it is not a success.

    ``{names}`` in the route and the body are the owner's things.
    """

    method: str
    route: str
    refused: dict[str, int]
    body: dict[str, Any] | None = None


CASES = (
    Case("GET", "/health", {}),
    Case("GET", "/metrics", {}),
    Case("GET", "/api/auth/setup", {}),
    Case("POST", "/api/auth/register", {}, {"email": "new@example.com", "password": PASSWORD}),
    Case("POST", "/api/auth/login", {}, {"email": "owner@example.com", "password": PASSWORD}),
    Case("GET", "/api/auth/me", SIGNED_IN),
    Case("PUT", "/api/auth/me/password", SIGNED_IN, A_CHANGE),
    Case("POST", "/api/auth/logout", SIGNED_IN),
    Case("GET", "/api/auth/sessions", SIGNED_IN),
    Case("DELETE", "/api/auth/sessions/{session_id}", OWNER),
    Case("GET", "/api/auth/users", ADMINISTRATORS),
    Case("GET", "/api/auth/users/pending/count", ADMINISTRATORS),
    Case("GET", USER, ADMINISTRATORS),
    Case("PUT", USER, ADMINISTRATORS, {"status": "approved"}),
    Case("POST", USER + "/reset-password", ADMINISTRATORS, {"new_password": NEW_PASSWORD}),
    Case("DELETE", USER, ADMINISTRATORS),
    Case("GET", "/api/keys", SIGNED_IN),
    Case("POST", "/api/keys", SIGNED_IN, {"name": "laptop"}),
    Case("PATCH", "/api/keys/{key_id}", {**SIGNED_IN, "other": 404}, {"name": "desk"}),
    Case("DELETE", "/api/keys/{key_id}", {**SIGNED_IN, "other": 404}),
    Case("GET", "/api/audit", ADMINISTRATORS),
    Case("GET", "/api/audit/statistics", ADMINISTRATORS),
    Case("GET", "/api/audit/export", ADMINISTRATORS),
    Case("GET", "/api/usage", SIGNED_IN),
    Case("GET", "/api/usage?all=true", ADMINISTRATORS),
    Case("GET", "/api/settings", ADMINISTRATORS),
    Case("PUT", "/api/settings", ADMINISTRATORS, {"max_models": 3}),
    Case("GET", "/api/providers", ADMINISTRATORS),
    Case("POST", "/api/providers", ADMINISTRATORS, A_PROVIDER),
    Case("GET", PROVIDER, ADMINISTRATORS),
    Case("PATCH", PROVIDER, ADMINISTRATORS, {"is_enabled": False}),
    Case("DELETE", PROVIDER, ADMINISTRATORS),
    Case("POST", PROVIDER + "/test", ADMINISTRATORS),
    Case("GET", "/api/routing/rules", ADMINISTRATORS),
    Case("POST", "/api/routing/rules", ADMINISTRATORS, A_RULE),
    Case("PUT", RULE, ADMINISTRATORS, A_RULE),
    Case("DELETE", RULE, ADMINISTRATORS),
    Case("PUT", "/api/routing/order", ADMINISTRATORS, {"ids": ["{rule_id}"]}),
    Case("POST", "/api/routing/test", ADMINISTRATORS, {"model": "far/away"}),
    Case("GET", "/api/settings/hub-token", ADMINISTRATORS),
    Case("PUT", "/api/settings/hub-token", ADMINISTRATORS, {"token": "hf_token"}),
    Case("DELETE", "/api/settings/hub-token", ADMINISTRATORS),
    Case("GET", "/api/system/info", SIGNED_IN),
    Case("GET", "/api/system/memory", SIGNED_IN),
    Case("GET", "/api/system/memory/history", SIGNED_IN),
    Case("GET", "/api/system/doctor", ADMINISTRATORS),
    Case("GET", "/api/system/launchd/status", ADMINISTRATORS),
    Case("POST", "/api/system/launchd/install", NO_LAUNCHD),
    Case("POST", "/api/system/launchd/uninstall", NO_LAUNCHD),
    Case("GET", "/api/events", SIGNED_IN),
    Case("GET", "/api/chat/conversations", SIGNED_IN),
    Case("POST", "/api/chat/conversations", SIGNED_IN, {}),
    Case("GET", CHAT, OWNER),
    Case("GET", CHAT + "/summary", OWNER),
    Case("PATCH", CHAT, OWNER, {"title": "Mine now"}),
    Case("POST", CHAT + "/messages", OWNER, {"content": "Hi"}),
    Case("POST", CHAT + "/results", OWNER, A_RESULT),
    Case("GET", CHAT + "/messages", OWNER),
    Case("GET", CHAT + "/export", OWNER),
    Case("DELETE", CHAT, OWNER),
    Case("GET", "/api/chat/messages/{reply_id}/events", OWNER),
    Case("POST", "/api/chat/messages/{reply_id}/stop", OWNER),
    Case("POST", "/api/chat/messages/{message_id}/edit", OWNER, {"content": "Hello"}),
    Case("POST", "/api/chat/messages/{message_id}/regenerate", OWNER, {}),
    Case("POST", "/api/chat/messages/{reply_id}/compare", OWNER, {}),
    Case("POST", "/api/chat/messages/{message_id}/show", OWNER),
    Case("DELETE", "/api/chat/messages/{message_id}", OWNER),
    Case("GET", "/api/chat/folders", SIGNED_IN),
    Case("POST", "/api/chat/folders", SIGNED_IN, {"name": "Work"}),
    Case("PATCH", "/api/chat/folders/{folder_id}", OWNER, {"name": "Play"}),
    Case("DELETE", "/api/chat/folders/{folder_id}", OWNER),
    Case("GET", "/api/chat/attachments", SIGNED_IN),
    Case("POST", "/api/chat/attachments?name=notes.json", SIGNED_IN, {"any": "text"}),
    Case("GET", "/api/chat/attachments/{attachment_id}", OWNER),
    Case("GET", "/api/chat/attachments/{attachment_id}/content", OWNER),
    Case("DELETE", "/api/chat/attachments/{attachment_id}", OWNER),
    Case("GET", "/api/chat/search?q=words", SIGNED_IN),
    Case("GET", "/api/chat/export", SIGNED_IN),
    Case("POST", "/api/chat/import", SIGNED_IN, {"conversations": []}),
    Case("GET", "/api/models/search", SIGNED_IN),
    Case("GET", "/api/models/local", SIGNED_IN),
    Case("GET", "/api/models/config/{model_id}", SIGNED_IN),
    Case("GET", "/api/models/capabilities/{model_id}", SIGNED_IN),
    Case("GET", "/api/models/card/{model_id}", SIGNED_IN),
    Case("POST", "/api/models/probe/{model_id}", ADMINISTRATORS),
    Case("DELETE", "/api/models/{model_id}", ADMINISTRATORS),
    Case("GET", "/api/models/downloads", SIGNED_IN),
    Case("POST", "/api/models/downloads", ADMINISTRATORS, {"model": MODEL}),
    Case("GET", DOWNLOAD, SIGNED_IN),
    Case("POST", DOWNLOAD + "/pause", ADMINISTRATORS),
    Case("POST", DOWNLOAD + "/resume", ADMINISTRATORS),
    Case("POST", DOWNLOAD + "/cancel", ADMINISTRATORS),
    Case("GET", "/api/profiles", SIGNED_IN),
    Case("POST", "/api/profiles", ADMINISTRATORS, {"name": "poet", "model": "mlx-manager/guide"}),
    Case("GET", PROFILE, SIGNED_IN),
    Case("PATCH", PROFILE, ADMINISTRATORS, {"pinned": True}),
    Case("POST", PROFILE + "/duplicate", ADMINISTRATORS),
    Case("DELETE", PROFILE, ADMINISTRATORS),
    Case("GET", "/api/servers", SIGNED_IN),
    Case("GET", "/api/servers/memory", SIGNED_IN),
    Case("GET", "/api/servers/models", SIGNED_IN),
    Case("GET", SERVER + "/status", SIGNED_IN),
    Case("GET", SERVER + "/health", SIGNED_IN),
    Case("GET", SERVER + "/logs", ADMINISTRATORS),
    Case("POST", SERVER + "/start", ADMINISTRATORS),
    Case("POST", SERVER + "/restart", ADMINISTRATORS),
    Case("POST", SERVER + "/stop", ADMINISTRATORS),
)


@pytest.fixture
async def manager(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> AsyncIterator[Manager]:
    """With a hub, and a model on the disk."""
    write_cached_model(settings.hf_cache_path, ModelId(LOCAL))
    async with start(hf_endpoint=hub.url) as running:
        yield running


async def people(manager: Manager) -> tuple[dict[str, httpx.AsyncClient], dict[str, str]]:
    """A client for each role, and the ids of the owner's things."""
    admin = await manager.administrator()
    clients = {"nobody": await manager.client(), "administrator": admin}
    for role in ("pending", "disabled", "other", "owner"):
        clients[role] = await manager.user(admin, f"{role}@example.com")
    for role in ("pending", "disabled"):  # with a token from better days
        account = (await clients[role].get("/api/auth/me")).json()
        await admin.put(f"/api/auth/users/{account['id']}", json={"status": role})
    owner = clients["owner"]
    conversation_id = await begin_chat(owner)
    manager.engine.default = Script.of('<tool_call>{"name": "f", "arguments": {}}</tool_call>')
    function = {"type": "function", "function": {"name": "f"}}
    reply_id = await say(owner, conversation_id, tools=[function])
    reply = (await watched(owner, reply_id))[-1][1]["message"]
    asked = (await messages(owner, conversation_id))[0]
    folder = (await owner.post("/api/chat/folders", json={"name": "Mine"})).json()
    upload = {"params": {"name": "mine.txt"}, "content": "my text"}
    attachment = (await owner.post("/api/chat/attachments", **upload)).json()
    key = (await owner.post("/api/keys", json={"name": "mine"})).json()
    clients["key"] = await manager.client(key["key"])
    [session] = (await owner.get("/api/auth/sessions")).json()["items"]
    ids = {
        "session_id": session["id"],
        "user_id": (await owner.get("/api/auth/me")).json()["id"],
        "conversation_id": conversation_id,
        "reply_id": reply_id,
        "message_id": asked["id"],
        "folder_id": folder["id"],
        "attachment_id": attachment["id"],
        "call_id": reply["tool_calls"][0]["id"],
        "key_id": key["id"],
        "model_id": LOCAL,
    }
    return clients, ids


async def paused_download(admin: httpx.AsyncClient) -> str:
    """One that nothing runs for."""
    begun = await admin.post("/api/models/downloads", json={"model": MODEL})
    download_id = str(begun.json()["id"])
    await admin.post(f"/api/models/downloads/{download_id}/pause")
    return download_id


async def providers_and_a_rule(admin: httpx.AsyncClient) -> dict[str, str]:
    """One provider that a rule names, and one that none does."""
    made = {}
    for name in ("provider", "ruled"):
        reply = await admin.post("/api/providers", json={**A_PROVIDER, "name": name})
        made[f"{name}_id"] = str(reply.json()["id"])
    rule = json.loads(filled(json.dumps(A_RULE), made))
    made["rule_id"] = str((await admin.post("/api/routing/rules", json=rule)).json()["id"])
    return made


def filled(text: str, ids: dict[str, str]) -> str:
    """A JSON text with the ids of the owner's things."""
    for name, value in ids.items():
        text = text.replace(f'"{{{name}}}"', json.dumps(value))
    return text


async def answer(client: httpx.AsyncClient, case: Case, path: str, body: Any) -> httpx.Response:
    """The reply; of a feed that never ends, its beginning."""
    endless = case.method == "GET" and path.endswith(("/downloads", "/events", "/logs"))
    async with client.stream(case.method, path, json=body) as reply:
        if not endless or not reply.is_success:
            await reply.aread()
        return reply


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.route}")
async def test_each_role_gets_what_is_its_own(manager: Manager, case: Case) -> None:
    clients, ids = await people(manager)
    if "{download_id}" in case.route:
        ids["download_id"] = await paused_download(clients["administrator"])
    if case.route.startswith(("/api/providers", "/api/routing")):
        ids |= await providers_and_a_rule(clients["administrator"])
    if "{profile_id}" in case.route:
        ids["profile_id"] = (await make_profile(clients["administrator"]))["id"]
    path = case.route.format(**ids)
    body = json.loads(filled(json.dumps(case.body), ids))
    refused = sorted(ROLES, key=lambda role: role not in case.refused)
    for role in refused:  # those who may do it come last: it may change things
        reply = await answer(clients[role], case, path, body)
        wanted = case.refused.get(role)
        if wanted is None:
            assert reply.is_success, (role, reply)
            break
        assert reply.status_code == wanted, (role, reply.text)
        assert set(reply.json()) == {"detail", "code"}


async def test_a_waiting_account_has_no_token_to_try_anything_with(manager: Manager) -> None:
    await manager.administrator()
    anyone = await manager.client()
    await register(anyone, "waiting@example.com")
    with pytest.raises(AssertionError, match="account_pending"):
        await log_in(anyone, "waiting@example.com")


def path_of(case: Case) -> str:
    return case.route.partition("?")[0]


def test_no_route_is_missing_from_the_table() -> None:
    document = create_app().openapi()
    routes = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert routes == {(case.method, path_of(case)) for case in CASES}


def test_every_route_declares_its_security_and_its_refusals() -> None:
    document = create_app().openapi()
    for case in CASES:
        operation = document["paths"][path_of(case)][case.method.lower()]
        declared = set(operation["responses"])
        assert bool(operation.get("security")) == bool(case.refused), case.route
        missing = {str(status) for status in case.refused.values()} - declared
        # An administrator is nobody's owner: 404 and 403 are told apart by the table above.
        assert missing == set(), (case.route, missing)
