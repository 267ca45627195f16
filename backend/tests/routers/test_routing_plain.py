"""Embeddings, reranking and token counts go where a rule sends a model's name, as answers do."""

import base64
import struct
from typing import Any

import pytest

from tests.manager import Manager
from tests.routers.profiling import make_profile
from tests.routers.test_providers import created
from tests.routers.test_routing import CHAT, Admin, enabled, routed, ruled, turn
from tests.services.upstream.faulty import ANSWER, faulty_server, said

pytestmark = pytest.mark.anyio

EMBEDDINGS, RERANK = "/v1/embeddings", "/v1/rerank"
COUNT, TOKENIZE, DETOKENIZE = "/v1/messages/count_tokens", "/v1/tokenize", "/v1/detokenize"
FAR = "far/away"
FAILED = said("500 Oops", {"error": {"message": "no luck"}})
NO_ROUTE = said("404 Not Found", {"detail": "Not Found"})
IN_BASE64 = base64.b64encode(struct.pack("<2f", 0.25, -1.0)).decode()
VECTORS = said(
    "200 OK",
    {
        # One as numbers, one in base64, and not in order: servers differ.
        "data": [{"index": 1, "embedding": [0.6, 0.8]}, {"index": 0, "embedding": IN_BASE64}],
        "usage": {"prompt_tokens": 7, "total_tokens": 7},
    },
)
SCORES = said(
    "200 OK",
    {
        "results": [
            {"index": 2, "relevance_score": 0.9},
            {"index": 0, "relevance_score": 0.5},
            {"index": 1, "relevance_score": -1},
        ],
        "meta": {"tokens": {"input_tokens": 11}},
    },
)
TEXTS = {"model": FAR, "input": ["one", "two"]}
PAIRS = {"model": FAR, "query": "q", "documents": ["a", {"text": "b"}, "c"]}
TURN = {"model": FAR, "messages": [{"role": "user", "content": "Hi"}]}


async def row_of(admin: Admin, name: str) -> dict[str, Any]:
    """The audit row of a request."""
    rows = (await admin.get("/api/audit", params={"request_id": name})).json()["items"]
    row: dict[str, Any] = rows[0]
    return row


async def test_vectors_are_made_there_and_written_as_the_caller_wants_them(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [VECTORS]
        await routed(admin, far)
        reply = await admin.post(EMBEDDINGS, json={**TEXTS, "dimensions": 2})
        coded = await admin.post(EMBEDDINGS, json={**TEXTS, "encoding_format": "base64"})
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert [each["embedding"][1] for each in body["data"]] == [-1.0, pytest.approx(0.8)]
    assert coded.json()["data"][0]["embedding"] == IN_BASE64
    assert (body["model"], body["usage"]["prompt_tokens"]) == (FAR, 7)
    assert reply.headers["x-served-by"] == "Far"
    asked = far.asked[0]
    assert asked.line.startswith("POST /v1/embeddings ")
    assert asked.headers["authorization"] == "Bearer sk-1"
    assert asked.body == {
        "model": FAR,
        "input": ["one", "two"],
        "encoding_format": "base64",
        "dimensions": 2,
    }
    row = await row_of(admin, reply.headers["x-request-id"])
    assert (row["place"], row["model"], row["prompt_tokens"]) == ("Far", FAR, 7)


async def test_scores_are_given_there_and_cut_and_shown_here(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [SCORES]
        await routed(admin, far)
        reply = await admin.post(RERANK, json={**PAIRS, "top_n": 2, "return_documents": True})
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert [(each["index"], each["document"]["text"]) for each in body["results"]] == [
        (2, "c"),
        (0, "a"),
    ]
    assert body["usage"]["total_tokens"] == 11
    assert reply.headers["x-served-by"] == "Far"
    assert far.asked[0].line.startswith("POST /v1/rerank ")
    assert far.asked[0].body["documents"] == ["a", "b", "c"]
    row = await row_of(admin, reply.headers["x-request-id"])
    assert (row["place"], row["prompt_tokens"]) == ("Far", 11)


async def test_a_server_that_tells_no_counts_is_paid_by_the_size_of_the_texts(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    limited = {"name": "small", "tokens_per_day": 100}
    key = (await admin.post("/api/keys", json=limited)).json()["key"]
    client = await manager.client(key)
    async with faulty_server() as far:
        far.reply = [said("200 OK", {"data": [{"embedding": [1]}]})]
        await routed(admin, far)
        reply = await client.post(EMBEDDINGS, json={"model": FAR, "input": "x" * 80})
    assert reply.json()["usage"]["prompt_tokens"] == 20
    assert reply.headers["x-ratelimit-remaining-tokens"] == "80"


async def test_the_next_provider_is_asked_and_one_that_fails_is_left_alone(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    async with faulty_server() as broken, faulty_server() as far:
        broken.reply, far.reply = [FAILED], [VECTORS]
        first = await created(admin, name="Broken", base_url=broken.url)
        await ruled(admin, first, await created(admin, base_url=far.url), when="always")
        await enabled(admin)
        for _ in range(4):
            reply = await admin.post(EMBEDDINGS, json=TEXTS)
            assert reply.headers["x-served-by"] == "Far"
        assert len(broken.asked) == 3
        wrong = said("400 Bad", {"error": {"message": "no", "param": "input"}})
        far.reply = [wrong]
        reply = await admin.post(EMBEDDINGS, json=TEXTS)
        assert (reply.status_code, reply.json()["error"]["param"]) == (400, "input")


async def test_what_must_not_leave_stays_and_what_is_not_allowed_is_not_asked(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    keys = ({"name": "kept", "local_only": True}, {"name": "other", "allowed_models": ["near"]})
    async with faulty_server() as far:
        far.reply = [VECTORS]
        await routed(admin, far, when="always")
        for fields in keys:
            key = (await admin.post("/api/keys", json=fields)).json()["key"]
            client = await manager.client(key)
            for route, body in ((EMBEDDINGS, TEXTS), (RERANK, PAIRS), (COUNT, TURN)):
                assert (await client.post(route, json=body)).status_code == 404
        assert not far.asked


async def test_this_machine_answers_where_no_target_does(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [FAILED]
        await routed(admin, far, when="always", then_here=True)
        counted = await admin.post(TOKENIZE, json={**TURN, "model": "mlx-manager/guide"})
        assert counted.json()["count"] > 0
        refused = await admin.post(EMBEDDINGS, json={**TEXTS, "model": "mlx-manager/guide"})
        assert len(far.asked) == 1
    assert refused.status_code == 400
    assert "is not an embedding model" in refused.json()["error"]["message"]


async def test_a_server_that_takes_its_time_is_given_up(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [VECTORS[:-5], None]
        provider = await created(admin, base_url=far.url, stall_seconds=1)
        await ruled(admin, provider)
        await enabled(admin)
        reply = await admin.post(EMBEDDINGS, json=TEXTS)
        await far.left.wait()
    assert (reply.status_code, reply.json()["error"]["code"]) == (504, "upstream_timeout")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"data": []},
        {"data": [{"embedding": [1]}, {"embedding": [1, 2]}]},
        {"data": [{"embedding": [1], "index": 0}, {"embedding": [1], "index": 0}]},
        {"data": [{"embedding": "!"}, {"embedding": "!"}]},
        {"data": [{"embedding": ["a"]}, {"embedding": ["a"]}]},
        {"data": [{"embedding": [1e300]}, {"embedding": [1]}]},
    ],
)
async def test_what_is_no_answer_is_not_passed_on(manager: Manager, body: Any) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [said("200 OK", body)]
        await routed(admin, far)
        reply = await admin.post(EMBEDDINGS, json=TEXTS)
        assert (reply.status_code, reply.json()["error"]["code"]) == (502, "upstream_failed")
        scores = await admin.post(RERANK, json=PAIRS)
        assert (scores.status_code, scores.json()["error"]["code"]) == (502, "upstream_failed")


@pytest.mark.parametrize("told", ["1e999", "1" + "0" * 30, "-3", "true", '"7"'])
async def test_a_count_that_is_none_is_not_believed(manager: Manager, told: str) -> None:
    admin = await manager.administrator()
    vectors = '[{"embedding": [1], "index": 0}, {"embedding": [1], "index": 1}]'
    async with faulty_server() as far:
        body = f'{{"data": {vectors}, "usage": {{"prompt_tokens": {told}}}}}'
        far.reply = [said("200 OK", body.encode())]
        await routed(admin, far)
        reply = await admin.post(EMBEDDINGS, json=TEXTS)
    # It is estimated instead, and the audit can keep that.
    assert reply.json()["usage"]["prompt_tokens"] == 2, reply.text
    row = await row_of(admin, reply.headers["x-request-id"])
    assert row["prompt_tokens"] == 2


async def test_tokens_are_counted_by_a_server_of_anthropics_dialect(manager: Manager) -> None:
    admin = await manager.administrator()
    defaults = {"system_prompt": "Be brief.", "temperature": 0.5}
    await make_profile(admin, "writer", defaults=defaults)
    async with faulty_server() as far:
        far.reply = [said("200 OK", {"input_tokens": 12})]
        provider = await created(admin, base_url=far.url, key="sk-a", kind="anthropic")
        await ruled(admin, provider, model="writer", when="always")
        await enabled(admin)
        reply = await admin.post(COUNT, json={**TURN, "model": "writer"})
        far.reply = [said("200 OK", {"input_tokens": "many"})]
        wrong = await admin.post(COUNT, json={**TURN, "model": "writer"})
    assert reply.json() == {"input_tokens": 12}
    assert reply.headers["x-served-by"] == "Far"
    assert far.asked[0].line.startswith("POST /v1/messages/count_tokens ")
    assert far.asked[0].headers["x-api-key"] == "sk-a"
    assert far.asked[0].body == {
        "model": "writer",
        "system": "Be brief.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
    }
    assert wrong.status_code == 502


async def test_what_a_dialect_has_no_words_for_goes_to_the_next_or_is_refused_with_a_remedy(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    async with faulty_server() as claude, faulty_server() as far:
        first = await created(admin, name="Claude", base_url=claude.url, kind="anthropic")
        second = await created(admin, base_url=far.url)
        await ruled(admin, first, second, model=FAR)
        await ruled(admin, first, model="only/claude")
        await ruled(admin, second, model="only/far")
        await enabled(admin)
        far.reply = [VECTORS]
        assert (await admin.post(EMBEDDINGS, json=TEXTS)).headers["x-served-by"] == "Far"
        for model, route, body, words in (
            ("only/claude", EMBEDDINGS, TEXTS, "has no embeddings"),
            ("only/claude", RERANK, PAIRS, "has no reranking"),
            ("only/far", COUNT, TURN, "counts no tokens beforehand"),
            ("only/far", TOKENIZE, TURN, "keeps its tokenizer"),
            ("only/claude", DETOKENIZE, {"tokens": [1]}, "keeps its tokenizer"),
        ):
            reply = await admin.post(route, json={**body, "model": model})
            assert reply.status_code == 400, reply.text
            assert words in reply.text
            assert "Name a model of this machine" in reply.text
        assert not claude.asked
        assert len(far.asked) == 1
        far.reply = [ANSWER]
        biased = await admin.post(CHAT, json=turn(logit_bias={"5": 1}))
        assert biased.headers["x-served-by"] == "Far"
        far.reply = [FAILED]
        assert (await admin.post(EMBEDDINGS, json=TEXTS)).status_code == 502
        assert not claude.asked


async def test_a_server_without_the_route_is_well_all_the_same(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [NO_ROUTE]
        provider = await routed(admin, far)
        for _ in range(4):
            reply = await admin.post(RERANK, json=PAIRS)
            assert reply.status_code == 400
            assert "has no /rerank" in reply.json()["error"]["message"]
        assert len(far.asked) == 4
    shown = (await admin.get(f"/api/providers/{provider['id']}")).json()
    assert shown["circuit"] == "closed"
