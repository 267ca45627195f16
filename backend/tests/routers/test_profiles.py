"""Profiles over HTTP: made, changed, copied and deleted."""

from typing import Any

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from tests.conftest import Start
from tests.fakes.model_directory import write_cached_model
from tests.manager import Manager
from tests.routers.profiling import GUIDE, PROFILES, make_profile

pytestmark = pytest.mark.anyio
LOCAL = ModelId("acme/On-disk")


async def names(client: httpx.AsyncClient) -> list[str]:
    return [each["id"] for each in (await client.get("/v1/models")).json()["data"]]


async def test_a_profile_is_kept_as_it_was_made_and_changed_field_by_field(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    defaults = {"temperature": 0.2, "system_prompt": "Be brief.", "stop": ["END"]}
    made = await make_profile(admin, defaults=defaults, pinned=True, idle_seconds=60)
    assert (made["name"], made["model"], made["placement"]) == ("writer", GUIDE, "embedded")
    assert made["defaults"]["temperature"] == 0.2
    assert made["defaults"]["top_p"] is None
    assert made["problem"] is None
    path = f"{PROFILES}/{made['id']}"
    assert (await admin.get(path)).json() == made
    changed = await admin.patch(path, json={"pinned": False, "description": "For letters"})
    expected = {**made, "pinned": False, "description": "For letters"}
    assert changed.json() == {**expected, "updated_at": changed.json()["updated_at"]}
    assert changed.json()["updated_at"] > made["updated_at"]
    renamed = await admin.patch(path, json={"name": "scribe", "defaults": {}})
    assert (renamed.json()["name"], renamed.json()["defaults"]["stop"]) == ("scribe", [])
    assert await names(admin) == ["scribe", GUIDE]


async def test_profiles_come_in_pages(manager: Manager) -> None:
    admin = await manager.administrator()
    for at in range(5):
        await make_profile(admin, f"p{at}")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await admin.get(PROFILES, params={"limit": 2, **cursor})).json()
        seen += [each["name"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["p0", "p1", "p2", "p3", "p4"]


async def test_a_copy_has_everything_but_the_name_and_does_not_start_by_itself(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    made = await make_profile(
        admin, defaults={"top_k": 7}, pinned=True, start_with_server=True, log_level="DEBUG"
    )
    path = f"{PROFILES}/{made['id']}/duplicate"
    first, second = [(await admin.post(path)).json() for _ in range(2)]
    assert (first["name"], second["name"]) == ("writer-copy", "writer-copy2")
    own = {"id", "name", "created_at", "updated_at", "pinned", "start_with_server"}
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in made.items() if k not in own
    }
    assert (first["pinned"], first["start_with_server"]) == (False, False)
    named = await admin.post(path, json={"name": "poet"})
    assert (named.status_code, named.json()["name"]) == (201, "poet")
    taken = await admin.post(path, json={"name": "poet"})
    assert (taken.status_code, taken.json()["code"]) == (409, "profile_name_taken")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "writer"}, 409, "profile_name_taken"),
        ({"name": LOCAL}, 409, "profile_name_taken"),
        ({"model": "acme/Elsewhere"}, 409, "profile_model_missing"),
        ({"model": "writer"}, 409, "profile_model_missing"),
        ({"name": "mlx-manager/mine"}, 422, None),
        ({"name": "two words"}, 422, None),
        ({"name": "../up"}, 422, None),
        ({"defaults": {"temperature": 3}}, 422, None),
        ({"defaults": {"chat_template_kwargs": {"tokenize": True}}}, 422, None),
        ({"defaults": {"tempo": 3}}, 422, None),
    ],
)
async def test_what_could_not_be_served_is_refused_with_a_reason(
    start: Start, settings: ManagerSettings, body: dict[str, Any], status: int, code: str | None
) -> None:
    write_cached_model(settings.hf_cache_path, LOCAL)
    async with start() as manager:
        admin = await manager.administrator()
        made = await make_profile(admin)
        other = await make_profile(admin, "other", model=LOCAL)
        for reply in (
            await admin.post(PROFILES, json={"name": "third", "model": GUIDE, **body}),
            await admin.patch(f"{PROFILES}/{other['id']}", json=body),
        ):
            assert reply.status_code == status, reply.text
            if code is not None:
                assert reply.json()["code"] == code
        assert await names(admin) == ["other", "writer", GUIDE, LOCAL]
        assert (await admin.get(f"{PROFILES}/{made['id']}")).json() == made


async def test_a_model_that_a_profile_runs_is_not_deleted(
    start: Start, settings: ManagerSettings
) -> None:
    folder = write_cached_model(settings.hf_cache_path, LOCAL)
    async with start() as manager:
        admin = await manager.administrator()
        made = await make_profile(admin, model=LOCAL)
        refused = await admin.delete(f"/api/models/{LOCAL}")
        assert (refused.status_code, refused.json()["code"]) == (409, "model_in_use")
        assert "'writer'" in refused.json()["detail"]
        assert folder.is_dir()
        assert (await admin.delete(f"{PROFILES}/{made['id']}")).status_code == 204
        assert (await admin.delete(f"/api/models/{LOCAL}")).status_code == 204


async def test_every_write_is_in_the_audit(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await make_profile(admin)
    path = f"{PROFILES}/{made['id']}"
    await admin.patch(path, json={"pinned": True})
    copy = (await admin.post(f"{path}/duplicate")).json()
    await admin.post(f"/api/servers/{made['id']}/stop")
    await admin.delete(f"{PROFILES}/{copy['id']}")
    rows = (await admin.get("/api/audit", params={"area": "api"})).json()["items"]
    told = [(row["method"], row["path"], row["status"]) for row in reversed(rows)]
    me = (await admin.get("/api/auth/me")).json()
    assert told[-5:] == [
        ("POST", PROFILES, 201),
        ("PATCH", path, 200),
        ("POST", f"{path}/duplicate", 201),
        ("POST", f"/api/servers/{made['id']}/stop", 200),
        ("DELETE", f"{PROFILES}/{copy['id']}", 204),
    ]
    assert {row["user_id"] for row in rows[:5]} == {me["id"]}


async def test_a_profile_outlives_a_restart_and_its_maker(start: Start) -> None:
    async with start() as manager:
        admin = await manager.administrator()
        other = await manager.user(admin, "bob@example.com")
        account = (await other.get("/api/auth/me")).json()
        await admin.put(f"/api/auth/users/{account['id']}", json={"is_admin": True})
        made = await make_profile(other)
        assert (await admin.delete(f"/api/auth/users/{account['id']}")).status_code == 204
        token = admin.headers["authorization"].partition(" ")[2]
    async with start() as manager:
        admin = await manager.client(token)
        assert (await admin.get(PROFILES)).json()["items"] == [made]
        assert await names(admin) == ["writer", GUIDE]
