"""POST /v1/embeddings: wrong bodies and gone clients on a script, vectors from the real engine."""

import asyncio
import base64
import json
import math
import struct
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from mlx_manager.mlx_server.core.embedding import Pooling, UnitVector
from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.embedding_models import change_config, declare_embeddings
from tests.mlx_server.api.conftest import EMBEDDER, RANKER
from tests.mlx_server.api.requests import chat, eventually
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio
EMBEDDINGS = "/embeddings"


def body(given: Any = "hello", **fields: Any) -> dict[str, Any]:
    return {"model": OTHER_MODEL, "input": given, **fields}


@pytest.fixture
def embedder(server: Server) -> Path:
    """The scripted server's other model, with the files of an embedding model."""
    return declare_embeddings(server.pool.catalog.locate(OTHER_MODEL))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"input": "hello"}, "model"),
    (body(model=7), "model"),
    ({"model": OTHER_MODEL}, "input"),
    (body(None), "input"),
    (body(""), "input"),
    (body([]), "input"),
    (body(7), "input"),
    (body({"text": "a"}), "input"),
    (body(["a", ""]), "input[1]"),
    (body(["a", 7]), "input[1]"),
    (body([[]]), "input[0]"),
    (body([1, "a"]), "input[1]"),
    (body([1, -1]), "input[1]"),
    (body([1, True]), "input[1]"),
    (body([1, 1.5]), "input[1]"),
    (body([[1], [1, 10**12]]), "input[1][1]"),
    (body([1, 5000]), "input"),
    (body([["a"]]), "input[0][0]"),
    (body(["a"] * 2049), "input"),
    (body("x" * 5000), "input"),
    (body(["a", "x" * 5000]), "input[1]"),
    (body(encoding_format="int8"), "encoding_format"),
    (body(encoding_format=7), "encoding_format"),
    (body(dimensions=0), "dimensions"),
    (body(dimensions=-1), "dimensions"),
    (body(dimensions=1.5), "dimensions"),
    (body(dimensions="8"), "dimensions"),
    (body(dimensions=65), "dimensions"),
]


async def test_a_wrong_field_is_a_400_that_names_it(
    client: httpx.AsyncClient, embedder: Path
) -> None:
    for wrong, param in WRONG:
        reply = await client.post(EMBEDDINGS, json=wrong)
        error = reply.json()["error"]
        assert (reply.status_code, error["param"]) == (400, param), (wrong, error)
        assert error["type"] == "invalid_request_error"
        assert len(error["message"]) < 400
        assert (await client.post(EMBEDDINGS, json=body())).status_code == 200


async def test_too_long_says_how_much_there_is_and_may_be(
    client: httpx.AsyncClient, embedder: Path
) -> None:
    error = (await client.post(EMBEDDINGS, json=body("x" * 5000))).json()["error"]
    assert error["code"] == "context_length_exceeded"
    assert "5001 tokens" in error["message"]
    assert "4096" in error["message"]


async def test_a_model_that_does_not_embed_is_refused_before_it_is_loaded(
    server: Server, client: httpx.AsyncClient
) -> None:
    for model in (MODEL, OTHER_MODEL):
        error = (await client.post(EMBEDDINGS, json=body(model=model))).json()["error"]
        assert error["param"] == "model"
        assert "not an embedding model" in error["message"]
    assert server.engine.resident == {}
    missing = await client.post(EMBEDDINGS, json=body(model="no/such"))
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")


async def test_only_the_lengths_that_the_files_list_are_cut(
    client: httpx.AsyncClient, embedder: Path
) -> None:
    change_config(embedder, matryoshka_dimensions=[16, 32])
    for dimensions, status in ((16, 200), (64, 200), (8, 400)):
        reply = await client.post(EMBEDDINGS, json=body(dimensions=dimensions))
        assert reply.status_code == status
    assert "16, 32, 64" in reply.json()["error"]["message"]


async def test_texts_end_with_the_token_that_is_read_and_ids_are_taken_as_they_are(
    server: Server, client: httpx.AsyncClient, embedder: Path
) -> None:
    given = ["hi", "<|im_end|>", [104, 105], [104, 256]]
    reply = await client.post(EMBEDDINGS, json=body(given, dimensions=8))
    (spec,) = server.engine.embed_specs
    hi, marker = (104, 105, 256), (256,)
    assert [passage.token_ids for passage in spec.passages] == [hi, marker, hi, (104, 256)]
    assert spec.readout == UnitVector(Pooling.LAST, 8)
    assert reply.json()["usage"] == {"prompt_tokens": 9, "total_tokens": 9}


async def test_a_mean_takes_texts_as_they_are(
    server: Server, client: httpx.AsyncClient, embedder: Path
) -> None:
    declare_embeddings(embedder, pooling="mean")
    await client.post(EMBEDDINGS, json=body("hi"))
    assert server.engine.embed_specs[0].passages[0].token_ids == (104, 105)


async def test_unknown_fields_and_nulls_are_no_error(
    client: httpx.AsyncClient, embedder: Path
) -> None:
    more = {"user": "me", "surprise": 1, "dimensions": None, "encoding_format": None}
    assert (await client.post(EMBEDDINGS, json=body(**more))).status_code == 200


async def test_a_failure_of_the_engine_keeps_its_status(
    server: Server, client: httpx.AsyncClient, embedder: Path
) -> None:
    server.engine.embed_error = EngineFailed("It broke.")
    reply = await client.post(EMBEDDINGS, json=body())
    assert (reply.status_code, reply.json()["error"]["code"]) == (500, "engine_failed")


async def test_a_client_that_leaves_takes_its_job_along(
    server: Server, client: httpx.AsyncClient, embedder: Path
) -> None:
    server.engine.embed_gate = asyncio.Event()
    waiting = asyncio.create_task(client.post(EMBEDDINGS, json=body()))
    await eventually(lambda: len(server.engine.embed_specs) == 1)
    waiting.cancel()
    await eventually(lambda: server.engine.embeds_dropped == 1)
    await eventually(lambda: server.leases() == 0)


def vectors(real: httpx.Client, given: Any, **fields: Any) -> list[list[float]]:
    reply = real.post(EMBEDDINGS, json=body(given, model=EMBEDDER, **fields))
    assert reply.status_code == 200, reply.text
    data = reply.json()["data"]
    assert [entry["index"] for entry in data] == list(range(len(data)))
    assert {entry["object"] for entry in data} == {"embedding"}
    return [entry["embedding"] for entry in data]


def test_a_batch_is_each_of_its_texts_in_their_order(real: httpx.Client) -> None:
    texts = ["one", "a second, longer text", "3", "x" * 300, "one"]
    together = vectors(real, texts)
    for text, vector in zip(texts, together, strict=True):
        assert vector == pytest.approx(vectors(real, text)[0], abs=1e-5)
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-6)
    assert together[0] != pytest.approx(together[1], abs=1e-2)


def test_ids_are_the_text_that_they_spell(real: httpx.Client) -> None:
    prompts = [{"model": EMBEDDER, "prompt": text} for text in ("hello", "again")]
    spelled = [real.post("/tokenize", json=prompt).json()["tokens"] for prompt in prompts]
    assert [len(ids) for ids in spelled] == [5, 5]
    spelled[1].append(256)
    assert vectors(real, spelled) == vectors(real, ["hello", "again"])
    assert vectors(real, spelled[0]) == vectors(real, "hello")


def test_base64_holds_the_same_numbers_as_little_endian_floats(real: httpx.Client) -> None:
    written: Any = vectors(real, ["one", "two"], encoding_format="base64")
    unpacked = [list(struct.unpack("<64f", base64.b64decode(each))) for each in written]
    assert unpacked == vectors(real, ["one", "two"], encoding_format="float")


def test_dimensions_cut_and_stretch_to_length_one(real: httpx.Client) -> None:
    (whole,), (cut,) = vectors(real, "hello"), vectors(real, "hello", dimensions=16)
    length = math.hypot(*whole[:16])
    assert cut == pytest.approx([value / length for value in whole[:16]], abs=1e-6)
    assert vectors(real, "hello", dimensions=64) == [whole]


async def test_the_openai_sdk_reads_its_default_and_floats(real_url: str) -> None:
    async with openai.AsyncOpenAI(base_url=real_url, api_key="x", max_retries=0) as sdk:
        packed = await sdk.embeddings.create(model=EMBEDDER, input=["one", "two"])
        plain = await sdk.embeddings.create(
            model=EMBEDDER, input=["one", "two"], encoding_format="float"
        )
        with pytest.raises(openai.BadRequestError, match="not an embedding model"):
            await sdk.embeddings.create(model=MODEL, input="one")
    assert packed.model == EMBEDDER
    assert packed.usage.prompt_tokens == 8  # three bytes and the closing token, twice
    for left, right in zip(packed.data, plain.data, strict=True):
        assert left.embedding == pytest.approx(right.embedding)


def test_answers_stream_on_while_others_embed(real: httpx.Client) -> None:
    options: dict[str, Any] = {"temperature": 0, "max_tokens": 20}
    alone = real.post("/chat/completions", json=chat("Hi", **options)).json()
    with httpx.Client(base_url=real.base_url, timeout=120) as other:
        whole = None
        with other.stream(
            "POST", "/chat/completions", json=chat("Hi", stream=True, **options)
        ) as stream:
            assert len(vectors(real, ["x" * 500] * 20)) == 20
            whole = stream.read().decode()
    assert whole.endswith("data: [DONE]\n\n")
    chunks = [json.loads(line[6:]) for line in whole.splitlines() if line.startswith("data: {")]
    said = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks)
    assert said == alone["choices"][0]["message"]["content"]


def test_an_encoder_writes_no_text(real: httpx.Client) -> None:
    reply = real.post("/completions", json={"model": RANKER, "prompt": "Once"})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "model")
    assert "/v1/rerank" in reply.json()["error"]["message"]
