"""What a model is doing, over HTTP: the guide on MLX, shown wherever models and servers are."""

from pathlib import Path

import pytest

from mlx_manager.config import ManagerSettings
from tests.manager import serving
from tests.routers.profiling import GUIDE, SERVERS, make_profile, status_of

pytestmark = pytest.mark.anyio
QUESTION = [{"role": "user", "content": "What is MLX, and what can one person do with it? " * 8}]


async def test_speed_queue_and_cache_are_told_of_each_model_and_of_its_profiles(
    settings: ManagerSettings, tmp_path: Path
) -> None:
    async with serving(settings, tmp_path, real_engine=True) as manager:
        admin = await manager.administrator()
        made = await make_profile(admin)
        assert (await status_of(admin, made["id"]))["live"] is None
        wanted = {"messages": QUESTION, "temperature": 0, "max_tokens": 8}
        used = []
        for model in ("writer", GUIDE):
            reply = await admin.post("/v1/chat/completions", json={"model": model, **wanted})
            assert reply.status_code == 200, reply.text
            used.append(reply.json()["usage"])
        [resident] = (await admin.get(f"{SERVERS}/models")).json()["items"]
        live = resident["live"]
        assert live["prompt_tokens"] == sum(each["prompt_tokens"] for each in used)
        assert live["completion_tokens"] >= sum(each["completion_tokens"] for each in used) > 0
        cached = used[1]["prompt_tokens_details"]["cached_tokens"]
        assert live["cached_tokens"] == cached > 0
        assert live["cache_hit_rate"] == round(cached / live["prompt_tokens"], 3)
        assert live["tokens_per_second"] > 0
        assert (live["running"], live["waiting"]) == (0, 0)
        shown = (await status_of(admin, made["id"]))["live"]
        assert {**shown, "tokens_per_second": 0} == {**live, "tokens_per_second": 0}
        [same] = (await admin.get("/api/system/memory")).json()["models"]
        assert same["live"]["completion_tokens"] == live["completion_tokens"]
