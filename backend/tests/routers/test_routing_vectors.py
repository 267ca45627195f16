"""A manager whose rules name another inference app, where tiny models run on MLX: vectors, scores
and counts of tokens are those of that app itself."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.main import create_app
from tests.fakes.embedding_models import declare_embeddings, make_encoder
from tests.fakes.model_directory import snapshot_folder
from tests.manager import Manager
from tests.routers.test_providers import created
from tests.routers.test_routing import enabled, ruled
from tests.serving import served_in_thread
from tests.settings import inference_settings

pytestmark = pytest.mark.anyio

SORTER = ModelId("tiny/sorter")
GUIDE = ModelId("mlx-manager/guide")
WIDTH = 32
TEXTS = {"input": ["one", "two", "three"]}
PAIRS = {"query": "one", "documents": ["two", "three", "four"], "return_documents": True}
TURN = {"messages": [{"role": "user", "content": "Say hello."}], "system": "Be brief."}
QUESTIONS: tuple[tuple[str, ModelId, dict[str, Any]], ...] = (
    ("/v1/embeddings", SORTER, TEXTS),
    ("/v1/embeddings", SORTER, {**TEXTS, "encoding_format": "base64"}),
    ("/v1/embeddings", SORTER, {"input": [5, 6, 7], "dimensions": 8}),
    ("/v1/rerank", SORTER, PAIRS),
    ("/v1/rerank", SORTER, {**PAIRS, "top_n": 1}),
    ("/v1/messages/count_tokens", GUIDE, TURN),
)


def compared(reply: httpx.Response, model: str) -> Any:
    """What a reply says, but for its own name and the one that its model was asked by."""
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert body.get("model", model) == model
    return {name: value for name, value in body.items() if name not in ("id", "model")}


async def test_every_plain_question_gets_the_answer_of_the_other_machine(
    manager: Manager, tmp_path: Path
) -> None:
    admin = await manager.administrator()
    folder = snapshot_folder(tmp_path / "there", SORTER)
    declare_embeddings(make_encoder(folder, ranks=True), pooling="mean", width=WIDTH)
    other = create_app(settings=inference_settings(hf_cache_path=tmp_path / "there"))
    with served_in_thread(other) as url:
        makes = await created(admin, name="upstairs", base_url=url)
        counts = await created(admin, name="counting", base_url=url, kind="anthropic")
        # Vectors pass over the one that has no words for them, counts over the other.
        targets = [{"provider_id": each["id"], "model": "*"} for each in (counts, makes)]
        await ruled(admin, model="upstairs/*", when="always", targets=targets)
        await enabled(admin)
        async with httpx.AsyncClient(base_url=url, timeout=300) as direct:
            for route, model, body in QUESTIONS:
                there = await direct.post(route, json={**body, "model": model})
                name = f"upstairs/{model}"
                through = await admin.post(route, json={**body, "model": name}, timeout=300)
                assert compared(through, name) == compared(there, model), route
                made_by = "counting" if route.endswith("count_tokens") else "upstairs"
                assert through.headers["x-served-by"] == made_by
