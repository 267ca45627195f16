"""How long chats are kept is a setting, over HTTP."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from tests.manager import Manager
from tests.routers.talk import begin_chat

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"


async def test_a_retention_that_is_set_takes_effect_at_once(manager: Manager) -> None:
    ada = await manager.administrator()
    old, fresh = await begin_chat(ada, title="old"), await begin_chat(ada, title="fresh")
    with closing(sqlite3.connect(manager.app.state.settings.database_path)) as connection:
        connection.execute(
            "UPDATE conversations SET updated_at = '2020-01-01 00:00:00.000000' WHERE id = ?",
            (old,),
        )
        connection.commit()
    changed = await ada.put("/api/settings", json={"chat_retention_days": 30})
    assert changed.status_code == 200, changed.text
    async with asyncio.timeout(30):
        while (await ada.get(f"{CHATS}/{old}")).status_code != 404:
            pass
    assert [chat["id"] for chat in (await ada.get(CHATS)).json()["items"]] == [fresh]
