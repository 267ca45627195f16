"""Requests made up from the OpenAPI document: what it allows, and what it only just does not."""

import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.bodies import EMBEDDER, JUDGE, TALKER
from tests.fuzz.replies import check, check_error

EXAMPLES = 12
MODELS = {"/v1/embeddings": EMBEDDER, "/v1/rerank": JUDGE}
BRIEFLY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def document(fuzzed_url: str) -> dict[str, Any]:
    """The inference app's own, with a model that exists wherever it asks for one: else nearly
    every request would be a 404."""
    described: dict[str, Any] = httpx.get(f"{fuzzed_url}/openapi.json").json()
    for path, methods in described["paths"].items():
        body = methods.get("post", {}).get("requestBody", {})
        for content in body.get("content", {}).values():
            properties = content["schema"].get("properties", {})
            if "model" in properties:
                properties["model"] = {"enum": [MODELS.get(path, TALKER)]}
    return described


def test_no_described_request_breaks_the_server(fuzzed_url: str, document: dict[str, Any]) -> None:
    asked: dict[str, set[int]] = {}
    with httpx.Client(base_url=fuzzed_url, timeout=60) as client:
        for result in schemathesis.openapi.from_dict(document).get_all_operations():
            operation = result.ok()

            @BRIEFLY
            @given(case=operation.as_strategy())
            def send(case: Any) -> None:
                reply = _sent(client, case)
                route = f"{case.method.upper()} {case.path}"
                asked.setdefault(route, set()).add(reply.status_code)
                _check(case, reply)

            send()
        assert client.get("/v1/health").json()["status"] == "healthy"
    assert len(asked) >= 19
    bodies = {route for route in asked if document["paths"][route.split()[1]].get("post")}
    assert any(200 in asked[route] for route in bodies), asked


def _sent(client: httpx.Client, case: Any) -> httpx.Response:
    made = case.as_transport_kwargs(base_url=str(client.base_url))
    content = None if made.get("json") is None else json.dumps(made["json"]).encode()
    return client.request(
        made["method"],
        made["url"],
        params=made.get("params"),
        headers={"content-type": "application/json"},
        content=content if content is not None else made.get("data"),
    )


def _check(case: Any, reply: httpx.Response) -> None:
    route = case.path.removeprefix("/v1")
    try:
        if case.method.upper() == "POST" and not route.startswith("/admin"):
            check(route, reply)
        else:
            assert reply.status_code < 500, reply.text
            assert reply.status_code < 400 or check_error(route, reply) is None
    except AssertionError as error:
        error.add_note(f"{case.method} {case.formatted_path}: {case.body!r}"[:3000])
        raise
