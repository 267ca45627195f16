"""Settings that change while the server runs, over HTTP."""

import logging
from typing import Any

import httpx
import pytest

from tests.conftest import Start
from tests.manager import Manager, log_in

pytestmark = pytest.mark.anyio


def by_name(reply: httpx.Response) -> dict[str, dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    return {item["name"]: item for item in reply.json()["items"]}


async def test_a_change_is_in_force_at_once_or_waits_for_a_restart_and_says_so(
    start: Start,
) -> None:
    async with start() as manager:
        admin = await manager.administrator()
        before = by_name(await admin.get("/api/settings"))
        assert {item["source"] for item in before.values()} == {"default"}
        change: dict[str, Any] = {"max_models": 7, "prefix_cache_mb": 8, "log_level": "DEBUG"}
        change |= {"load_wait_seconds": 45}
        reply = await admin.put("/api/settings", json=change)
        after = by_name(reply)
        assert reply.json()["needs_restart"] == ["load_wait_seconds", "prefix_cache_mb"]
        assert (after["max_models"]["value"], after["max_models"]["running"]) == (7, 7)
        assert (after["prefix_cache_mb"]["value"], after["prefix_cache_mb"]["running"]) == (8, 1024)
        assert after["max_models"]["source"] == "saved"
        assert (await admin.get("/v1/admin/status")).json()["max_models"] == 7
        assert logging.getLogger("mlx_manager").level == logging.DEBUG
        assert reply.json() == (await admin.get("/api/settings")).json()
    async with start() as manager:
        anyone = await manager.client()
        admin = await manager.client(await log_in(anyone, "ada@example.com"))
        reply = await admin.get("/api/settings")
        assert reply.json()["needs_restart"] == []
        assert by_name(reply)["prefix_cache_mb"]["running"] == 8
        assert by_name(reply)["load_wait_seconds"]["running"] == 45
        assert logging.getLogger("mlx_manager").level == logging.DEBUG
        back = by_name(await admin.put("/api/settings", json={"log_level": None}))
        assert (back["log_level"]["value"], back["log_level"]["source"]) == ("INFO", "default")
        assert logging.getLogger("mlx_manager").level == logging.INFO


async def test_nothing_is_changed_by_a_change_that_is_wrong(manager: Manager) -> None:
    admin = await manager.administrator()
    for wrong in ({"max_models": 0}, {"max_models": 3, "no_such": 1}, {"log_level": "LOUD"}):
        reply = await admin.put("/api/settings", json=wrong)
        assert reply.status_code == 422, reply.text
        assert next(iter(wrong)) in reply.text or "no_such" in reply.text
    assert by_name(await admin.get("/api/settings"))["max_models"]["source"] == "default"


async def test_what_the_environment_sets_cannot_be_changed_here(start: Start) -> None:
    async with start(log_level="WARNING") as manager:
        admin = await manager.administrator()
        reply = await admin.put("/api/settings", json={"max_models": 3, "log_level": "DEBUG"})
        assert (reply.status_code, reply.json()["code"]) == (409, "setting_fixed")
        assert "MLX_MANAGER_LOG_LEVEL" in reply.json()["detail"]
        shown = by_name(await admin.get("/api/settings"))
        assert (shown["log_level"]["source"], shown["log_level"]["value"]) == (
            "environment",
            "WARNING",
        )
        assert shown["max_models"]["source"] == "default"
