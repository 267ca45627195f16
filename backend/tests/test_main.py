"""The composition: how it begins, how it ends, and what a crash leaves."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from mlx_manager.config import ManagerSettings
from mlx_manager.errors import DatabaseInUse, DatabaseUnusable, UnsafeSecret
from mlx_manager.openapi import document
from tests.conftest import Start
from tests.fakes.script import Script, WaitFor
from tests.manager import log_in
from tests.routers.talk import begin_chat, messages, say, watched, watching
from tests.settings import manager_settings

pytestmark = pytest.mark.anyio
BACKEND = Path(__file__).parents[1]


def test_the_application_can_be_imported_from_the_backend_folder() -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}
    program = "from mlx_manager.main import app; print(type(app).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BACKEND,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("FastAPI\n", "")


def test_the_openapi_document_depends_on_nothing_but_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = document()
    monkeypatch.setenv("MLX_MANAGER_PORT", "9999")
    monkeypatch.setenv("MLX_MANAGER_CORS_ORIGINS", "*")
    assert document() == before
    assert json.loads(before)["info"]["title"] == "MLX Manager"


async def test_replies_under_way_are_stopped_and_kept_at_the_end(start: Start) -> None:
    async with start() as manager:
        manager.engine.default = Script.of("so far", WaitFor(asyncio.Event()))
        ada = await manager.administrator()
        chat = await begin_chat(ada)
        reply_id = await say(ada, chat)
        async with watching(ada, reply_id) as events:
            text = ""
            while text != "so far":
                _, data = await anext(events)
                text += data["message"]["content"] if "message" in data else data["delta"]
            await manager.app.state.services.replies.close()
            assert [name async for name, _ in events] == ["done"]
        route = f"/api/chat/conversations/{chat}/messages"
        late = await ada.post(route, json={"content": "More?"})
        assert (late.status_code, late.json()["code"]) == (503, "shutting_down")
    async with start() as manager:
        anyone = await manager.client()
        ada = await manager.client(await log_in(anyone, "ada@example.com"))
        kept = (await messages(ada, chat))[-1]
    assert (kept["status"], kept["content"]) == ("stopped", "so far")


async def test_what_a_crash_left_streaming_is_stopped_at_the_next_start(
    start: Start, settings: ManagerSettings
) -> None:
    async with start() as manager:
        ada = await manager.administrator()
        chat = await begin_chat(ada)
        await watched(ada, await say(ada, chat))
        token = await log_in(ada, "ada@example.com")
    with contextlib.closing(sqlite3.connect(settings.database_path)) as connection:
        connection.execute("UPDATE messages SET status = 'streaming' WHERE role = 'assistant'")
        connection.commit()
    async with start() as manager:
        ada = await manager.client(token)  # signed with the secret that was kept
        kept = (await messages(ada, chat))[-1]
        assert (kept["status"], kept["content"]) == ("stopped", "Hello!")
        await watched(ada, await say(ada, chat, "Still there?"))


async def test_a_second_server_on_the_same_database_does_not_start(start: Start) -> None:
    async with start() as manager:
        with pytest.raises(DatabaseInUse):
            async with start():
                pass
        assert (await (await manager.client()).get("/health")).status_code == 200


async def test_what_keeps_the_server_from_starting_is_one_sentence(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings = manager_settings(jwt_secret=SecretStr("CHANGE_ME_IN_PRODUCTION"))
    for error, changes in (
        (DatabaseUnusable, {"database_path": tmp_path / "file" / "manager.db"}),
        (UnsafeSecret, {"host": "0.0.0.0", "jwt_secret": settings.jwt_secret}),
    ):
        with pytest.raises(error) as caught:
            async with start(**changes):
                pass
        assert "\n" not in caught.value.detail


async def test_a_log_that_cannot_be_written_is_no_reason_not_to_start(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with start(log_dir=tmp_path / "file" / "logs") as manager:
        assert (await (await manager.client()).get("/health")).status_code == 200
