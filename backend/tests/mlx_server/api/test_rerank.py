"""POST /v1/rerank: bodies and prompts on a script, scores from the real engine."""

import asyncio
import math
from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.core.embedding import TokenLogits
from tests.fakes.embedding_models import write_json
from tests.mlx_server.api.conftest import EMBEDDER, JUDGE, RANKER
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio
RERANK = "/rerank"
TEXTS = ["a cat", "a text that is rather longer", "7", "an {odd} one"]


def body(documents: Any = None, **fields: Any) -> dict[str, Any]:
    texts = TEXTS if documents is None else documents
    return {"model": OTHER_MODEL, "query": "what is it", "documents": texts, **fields}


@pytest.fixture
def judge(server: Server) -> Path:
    """The scripted server's other model, with the files of Qwen3-Reranker."""
    folder = server.pool.catalog.locate(OTHER_MODEL)
    write_json(folder / "modules.json", [{"type": "a.Transformer"}, {"type": "a.LogitScore"}])
    tokens = {"true_token_id": 121, "false_token_id": 110}
    write_json(folder / "1_LogitScore" / "config.json", tokens)
    return folder


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"query": "a", "documents": ["b"]}, "model"),
    ({"model": OTHER_MODEL, "documents": ["b"]}, "query"),
    ({"model": OTHER_MODEL, "query": "a"}, "documents"),
    (body(query=""), "query"),
    (body(query=["a"]), "query"),
    (body([]), "documents"),
    (body("text"), "documents"),
    (body(["a"] * 2049), "documents"),
    (body(["a", ""]), "documents[1]"),
    (body(["a", 7]), "documents[1]"),
    (body([{"title": "a"}]), "documents[0]"),
    (body([{"text": 7}]), "documents[0]"),
    (body(["a", "x" * 5000]), "documents[1]"),
    (body(top_n=0), "top_n"),
    (body(top_n="2"), "top_n"),
    (body(return_documents="yes"), "return_documents"),
    (body(instruction=7), "instruction"),
]


async def test_a_wrong_field_is_a_400_that_names_it(client: httpx.AsyncClient, judge: Path) -> None:
    for wrong, param in WRONG:
        reply = await client.post(RERANK, json=wrong)
        error = reply.json()["error"]
        assert (reply.status_code, error["param"]) == (400, param), (wrong, error)
        assert (await client.post(RERANK, json=body())).status_code == 200


async def test_a_model_that_does_not_rank_is_refused_before_it_is_loaded(
    server: Server, client: httpx.AsyncClient
) -> None:
    error = (await client.post(RERANK, json=body(model=MODEL))).json()["error"]
    assert (error["param"], "not a reranker" in error["message"]) == ("model", True)
    assert server.engine.resident == {}


async def test_a_judge_reads_qwens_prompt(
    server: Server, client: httpx.AsyncClient, judge: Path
) -> None:
    await client.post(RERANK, json=body())
    await client.post(RERANK, json=body(instruction="Find animals"))
    told, instructed = server.engine.embed_specs
    assert told.readout == TokenLogits((121, 110))
    assert server.engine.tokenizer.decode(told.passages[3].token_ids) == (
        "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query "
        'and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n'
        "<|im_start|>user\n<Instruct>: Given a web search query, retrieve relevant passages that "
        "answer the query\n<Query>: what is it\n<Document>: an {odd} one<|im_end|>\n"
        "<|im_start|>assistant\n<think>\n\n</think>\n\n"
    )
    prompt = server.engine.tokenizer.decode(instructed.passages[0].token_ids)
    assert "<Instruct>: Find animals\n<Query>: what is it\n<Document>: a cat<" in prompt


async def test_results_come_best_first_with_what_was_asked_for(
    server: Server, client: httpx.AsyncClient, judge: Path
) -> None:
    """The script's logits are the lengths, so that the longest text is the best."""
    await client.post(RERANK, json=body())  # loads
    documents = ["aa", {"text": "aaaa", "id": 9}, "a", "aaaa"]
    reply = await client.post(RERANK, json=body(documents, top_n=3, return_documents=True))
    answer = reply.json()
    assert [result["index"] for result in answer["results"]] == [1, 3, 0]
    assert answer["results"][0]["document"] == {"text": "aaaa"}
    assert answer["model"] == OTHER_MODEL
    assert answer["usage"]["prompt_tokens"] == sum(
        len(passage) for passage in server.engine.embed_specs[-1].passages
    )
    every = (await client.post(RERANK, json=body(top_n=99))).json()["results"]
    assert len(every) == len(TEXTS)
    assert all("document" not in result for result in every)
    assert all(0 <= result["relevance_score"] <= 1 for result in every)


async def test_a_client_that_leaves_takes_its_job_along(
    server: Server, client: httpx.AsyncClient, judge: Path
) -> None:
    server.engine.embed_gate = asyncio.Event()
    waiting = asyncio.create_task(client.post(RERANK, json=body()))
    await eventually(lambda: len(server.engine.embed_specs) == 1)
    waiting.cancel()
    await eventually(lambda: server.engine.embeds_dropped == 1)


@pytest.mark.parametrize("model", [JUDGE, RANKER])
def test_a_score_is_the_same_in_company_and_alone(real: httpx.Client, model: str) -> None:
    reply = real.post(RERANK, json=body(model=model))
    assert reply.status_code == 200, reply.text
    results = reply.json()["results"]
    scores = [result["relevance_score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(TEXTS)
    for result in results:
        alone = real.post(RERANK, json=body([TEXTS[result["index"]]], model=model)).json()
        assert alone["results"][0]["relevance_score"] == pytest.approx(
            result["relevance_score"], abs=1e-5
        )
        assert math.isfinite(result["relevance_score"])


def test_an_embedding_model_does_not_rank(real: httpx.Client) -> None:
    error = real.post(RERANK, json=body(model=EMBEDDER)).json()["error"]
    assert "not a reranker" in error["message"]
