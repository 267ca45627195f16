"""A manager whose rule names another inference app, where the built-in model runs on MLX: every
dialect gets the same answer as from that app itself."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.main import create_app
from tests.manager import Manager
from tests.routers.test_providers import created
from tests.routers.test_routing import enabled, ruled
from tests.serving import served_in_thread
from tests.settings import inference_settings

pytestmark = pytest.mark.anyio

GUIDE = "mlx-manager/guide"
TURN = [{"role": "user", "content": "Say hello."}]
SCHEMA = {"type": "object", "properties": {"a": {"enum": ["b"]}}, "required": ["a"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
BODIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/chat/completions", {"messages": TURN, "temperature": 0, "max_tokens": 12}),
    ("/v1/chat/completions", {"messages": TURN, "temperature": 0, "response_format": FORMAT}),
    ("/v1/completions", {"prompt": "Hello", "temperature": 0, "max_tokens": 12}),
    ("/v1/messages", {"messages": TURN, "temperature": 0, "max_tokens": 12}),
    ("/v1/responses", {"input": "Say hello.", "temperature": 0, "max_output_tokens": 16}),
)


async def test_every_dialect_gets_the_answer_of_the_other_machine(
    manager: Manager, tmp_path: Path
) -> None:
    admin = await manager.administrator()
    other = create_app(settings=inference_settings(hf_cache_path=tmp_path / "none"))
    with served_in_thread(other) as url:
        provider = await created(admin, name="upstairs", base_url=url, models=[GUIDE])
        await ruled(
            admin,
            provider,
            model="upstairs/*",
            when="always",
            targets=[{"provider_id": provider["id"], "model": "*"}],
        )
        await enabled(admin)
        tested = (await admin.post(f"/api/providers/{provider['id']}/test")).json()
        assert tested["models"] == [GUIDE]
        listed = (await admin.get("/v1/models")).json()["data"]
        assert f"upstairs/{GUIDE}" in [model["id"] for model in listed]
        async with httpx.AsyncClient(base_url=url, timeout=300) as direct:
            for route, body in BODIES:
                there = await direct.post(route, json={**body, "model": GUIDE})
                sent = {**body, "model": f"upstairs/{GUIDE}"}
                through = await admin.post(route, json=sent, timeout=300)
                assert through.headers["x-served-by"] == "upstairs"
                assert said(through) == said(there), route
                usage = through.json()["usage"]
                assert usage.keys() == there.json()["usage"].keys()


def said(reply: httpx.Response) -> Any:
    """What a reply says, in whatever dialect."""
    assert reply.status_code == 200, reply.text
    body = reply.json()
    if "choices" in body:
        return [
            (each.get("message", {}).get("content"), each.get("text")) for each in body["choices"]
        ]
    if body.get("object") == "response":
        return [part["text"] for item in body["output"] for part in item.get("content", [])]
    return [block.get("text") for block in body["content"]]
