"""A manager on its socket, in a thread of its own, with people and things in it to ask for."""

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from tests.fakes.model_directory import write_cached_model
from tests.manager import Manager, log_in, serving
from tests.routers.profiling import make_profile
from tests.routers.talk import begin_chat, messages, say, watched

LOCAL = "acme/On-disk"
TOOL = {"type": "function", "function": {"name": "f"}}
ENDLESS = {
    ("GET", "/api/events"),
    ("GET", "/api/models/downloads"),
    ("GET", "/api/servers/{profile_id}/logs"),
}
ENDS_SESSIONS = {("PUT", "/api/auth/me/password"), ("POST", "/api/auth/logout")}


@dataclass
class RunningManager:
    """``ids`` fill the routes' paths. ``spare`` is the token of an account that may be lost."""

    client: httpx.Client
    document: dict[str, Any]
    token: str
    spare: str
    ids: dict[str, str]

    def send(
        self, method: str, path: str, route: str, *, token: str | None, **request: Any
    ) -> tuple[int, str]:
        """Status and text of the reply; of a feed that never ends, no text."""
        headers = {"content-type": "application/json", **request.pop("headers", {})}
        if token is not None:
            headers["authorization"] = f"Bearer {token}".rstrip()
        with self.client.stream(method, path, headers=headers, **request) as reply:
            if (method, route) in ENDLESS and reply.is_success:
                return reply.status_code, ""
            return reply.status_code, reply.read().decode()

    def token_for(self, method: str, route: str) -> str:
        """The administrator's, unless the request would end their session."""
        return self.spare if (method, route) in ENDS_SESSIONS else self.token

    def declared(self, method: str, route: str) -> set[int]:
        """Statuses that the document names."""
        responses = self.document["paths"][route][method.lower()]["responses"]
        return {int(status) for status in responses}


@contextmanager
def manager_in_thread(settings: ManagerSettings, folder: Path) -> Iterator[RunningManager]:
    """For the length of a block; hypothesis runs its examples outside any event loop."""
    ready: queue.Queue[RunningManager | BaseException] = queue.Queue()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        end = asyncio.Event()
        ends.append((asyncio.get_running_loop(), end))
        write_cached_model(settings.hf_cache_path, ModelId(LOCAL))
        async with serving(settings, folder) as manager:
            ready.put(await _inhabited(manager))
            await end.wait()

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            ready.put(error)

    thread = threading.Thread(target=work)
    thread.start()
    running = ready.get(timeout=120)
    if isinstance(running, BaseException):
        raise running
    try:
        yield running
    finally:
        running.client.close()
        loop, end = ends[0]
        loop.call_soon_threadsafe(end.set)
        thread.join()


async def _inhabited(manager: Manager) -> RunningManager:
    admin = await manager.administrator()
    spare = await manager.user(admin, "spare@example.com")
    user = await manager.user(admin, "bob@example.com")
    conversation_id = await begin_chat(admin)
    reply_id = await say(admin, conversation_id, tools=[TOOL])
    await watched(admin, reply_id)
    key = (await admin.post("/api/keys", json={"name": "mine"})).json()
    anyone = await manager.client()
    await log_in(anyone, "ada@example.com")
    sessions = (await admin.get("/api/auth/sessions")).json()["items"]
    [other] = [session for session in sessions if not session["current"]]
    things = await _things(admin, conversation_id)
    return RunningManager(
        client=httpx.Client(base_url=manager.url, timeout=60),
        document=manager.app.openapi(),
        token=admin.headers["authorization"].partition(" ")[2],
        spare=spare.headers["authorization"].partition(" ")[2],
        ids={
            "session_id": other["id"],
            "user_id": (await user.get("/api/auth/me")).json()["id"],
            "conversation_id": conversation_id,
            "reply_id": reply_id,
            "call_id": "call_1",
            "key_id": key["id"],
            "model_id": LOCAL,
            "download_id": "0" * 32,
            **things,
        },
    )


async def _things(admin: httpx.AsyncClient, conversation_id: str) -> dict[str, str]:
    """The ids of one of each thing that an administrator can make."""
    provider = {"name": "far", "base_url": "http://127.0.0.1:9"}
    made = (await admin.post("/api/providers", json=provider)).json()
    rule = {"name": "away", "model": "far/*", "targets": [{"provider_id": made["id"]}]}
    upload = {"params": {"name": "mine.txt"}, "content": "my text"}
    return {
        "message_id": (await messages(admin, conversation_id))[0]["id"],
        "folder_id": (await admin.post("/api/chat/folders", json={"name": "Mine"})).json()["id"],
        "attachment_id": (await admin.post("/api/chat/attachments", **upload)).json()["id"],
        "provider_id": made["id"],
        "rule_id": (await admin.post("/api/routing/rules", json=rule)).json()["id"],
        "profile_id": (await make_profile(admin))["id"],
    }
