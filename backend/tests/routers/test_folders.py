"""Folders, and what holds for all replies of a chat, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.manager import Manager
from tests.routers.talk import begin_chat, say, watched

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"
FOLDERS = "/api/chat/folders"


async def make(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    reply = await client.post(FOLDERS, json={"name": name})
    assert reply.status_code == 201, reply.text
    folder: dict[str, Any] = reply.json()
    return folder


async def listed(client: httpx.AsyncClient, **wanted: str) -> list[str]:
    page = (await client.get(CHATS, params=wanted)).json()
    return [chat["title"] for chat in page["items"]]


async def test_chats_move_between_folders_and_outlive_them(manager: Manager) -> None:
    ada = await manager.administrator()
    work = await make(ada, " Work ")
    assert work["name"] == "Work"
    kept = await begin_chat(ada, title="kept", folder_id=work["id"])
    await begin_chat(ada, title="loose")
    assert await listed(ada, folder=work["id"]) == ["kept"]
    assert await listed(ada, folder="none") == ["loose"]
    assert await listed(ada) == ["loose", "kept"]
    out = (await ada.patch(f"{CHATS}/{kept}", json={"folder_id": None})).json()
    assert (out["folder_id"], await listed(ada, folder=work["id"])) == (None, [])
    await ada.patch(f"{CHATS}/{kept}", json={"folder_id": work["id"]})
    renamed = await ada.patch(f"{CHATS}/{kept}", json={"title": "Kept"})
    assert renamed.json()["folder_id"] == work["id"]  # what is left out stays
    assert (await ada.delete(f"{FOLDERS}/{work['id']}")).status_code == 204
    assert sorted(await listed(ada, folder="none")) == ["Kept", "loose"]


async def test_folders_have_names_of_their_own_and_are_listed_in_pages(manager: Manager) -> None:
    ada = await manager.administrator()
    made = [await make(ada, name) for name in ("a", "b", "c")]
    twice = await ada.post(FOLDERS, json={"name": "a"})
    assert (twice.status_code, twice.json()["code"]) == (409, "folder_exists")
    renamed = await ada.patch(f"{FOLDERS}/{made[1]['id']}", json={"name": "a"})
    assert (renamed.status_code, renamed.json()["code"]) == (409, "folder_exists")
    same = await ada.patch(f"{FOLDERS}/{made[1]['id']}", json={"name": "b"})
    assert same.json() == made[1]
    first = (await ada.get(FOLDERS, params={"limit": 2})).json()
    rest = (await ada.get(FOLDERS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert first["items"] + rest["items"] == made


async def test_nobody_uses_anothers_folder(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    folder = await make(ada, "Mine")
    await make(bob, "Mine")  # names are one's own
    chat = await begin_chat(bob)
    for reply in (
        await bob.post(CHATS, json={"folder_id": folder["id"]}),
        await bob.patch(f"{CHATS}/{chat}", json={"folder_id": folder["id"]}),
    ):
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    await begin_chat(ada, title="secret", folder_id=folder["id"])
    assert await listed(bob, folder=folder["id"]) == []


async def test_an_account_with_chats_in_folders_can_be_deleted(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    await begin_chat(bob, folder_id=(await make(bob, "Mine"))["id"])
    bob_id = (await bob.get("/api/auth/me")).json()["id"]
    assert (await ada.delete(f"/api/auth/users/{bob_id}")).status_code == 204


async def test_a_system_prompt_and_parameters_hold_until_a_turn_says_otherwise(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    parameters = {"temperature": 0.25, "top_k": 7, "stop": ["END"], "max_tokens": 9}
    chat = await begin_chat(ada, system_prompt="Be brief.", parameters=parameters)
    await watched(ada, await say(ada, chat, "Hi"))
    spec = manager.engine.specs[-1]
    prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert prompt.startswith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi")
    assert (spec.sampling.temperature, spec.sampling.top_k) == (0.25, 7)
    assert spec.max_tokens == 9
    await watched(ada, await say(ada, chat, "Hi", temperature=1.5))
    sampling = manager.engine.specs[-1].sampling
    assert (sampling.temperature, sampling.top_k) == (1.5, 7)
    change = {"system_prompt": None, "parameters": {"min_p": 0.5}}
    changed = (await ada.patch(f"{CHATS}/{chat}", json=change)).json()
    assert changed["system_prompt"] is None
    assert changed["parameters"]["min_p"] == 0.5
    assert changed["parameters"]["temperature"] is None
    await watched(ada, await say(ada, chat, "Hi"))
    spec = manager.engine.specs[-1]
    assert "Be brief" not in spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert (spec.sampling.min_p, spec.sampling.top_k) == (0.5, 0)


@pytest.mark.parametrize("wrong", [{"temperature": 9}, {"stop": [""]}, {"temprature": 1}])
async def test_parameters_that_are_none_are_refused(
    manager: Manager, wrong: dict[str, Any]
) -> None:
    ada = await manager.administrator()
    reply = await ada.post(CHATS, json={"parameters": wrong})
    assert reply.status_code == 422
    assert next(iter(wrong)) in reply.text
