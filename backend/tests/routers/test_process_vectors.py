"""Vectors and scores of a profile in a process of its own: those of the process, to the bit."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.embedding_models import declare_embeddings, make_encoder
from tests.manager import Manager
from tests.routers.profiling import make_profile
from tests.routers.test_process_servers import last_row, patient, processes

pytestmark = pytest.mark.anyio

TEXTS = {"model": "sorter", "input": ["one", "two", [7, 8]]}
PAIRS = {"model": "sorter", "query": "q", "documents": ["aa", "bb", "cc"]}
WIDTH = 32


async def test_they_are_asked_for_there_with_every_field(manager: Manager, tmp_path: Path) -> None:
    admin = await patient(manager)
    folder = declare_embeddings(
        make_encoder(tmp_path / "both", ranks=True), pooling="mean", width=WIDTH
    )
    made = await make_profile(admin, "sorter", model=str(folder), placement="process")
    vectors = await admin.post("/v1/embeddings", json={**TEXTS, "encoding_format": "base64"})
    assert vectors.status_code == 200, vectors.text
    process = processes(manager).process(made["id"])
    assert process is not None

    async def there(route: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await process.ask(f"/v1{route}", body)
        assert answer.status == 200, answer.body
        return answer.body

    direct = await there("/embeddings", {**TEXTS, "encoding_format": "base64"})
    assert vectors.json() == direct
    assert len(base64.b64decode(direct["data"][0]["embedding"])) == 4 * WIDTH
    row = await last_row(admin)
    assert (row["model"], row["place"]) == ("sorter", None)
    assert row["prompt_tokens"] == direct["usage"]["prompt_tokens"] > 0
    cut = (await admin.post("/v1/embeddings", json={**TEXTS, "dimensions": 8})).json()
    assert [len(each["embedding"]) for each in cut["data"]] == [8, 8, 8]
    ranked = (await admin.post("/v1/rerank", json={**PAIRS, "top_n": 2})).json()
    scored = await there("/rerank", PAIRS)
    assert ranked["results"] == scored["results"][:2]
    assert ranked["usage"] == scored["usage"]
    tokens = (await admin.post("/v1/tokenize", json={"model": "sorter", "prompt": "one"})).json()
    assert tokens["count"] == len(tokens["tokens"]) > 0
    wrong = await admin.post("/v1/embeddings", json={**TEXTS, "dimensions": WIDTH + 1})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "dimensions")
