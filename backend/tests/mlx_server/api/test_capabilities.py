"""What a model cannot do is refused with the capability's name, before anything is loaded."""

import json
from typing import Any

import httpx
import pytest

from tests.mlx_server.api.requests import chat, completion
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio
FUNCTION = {"name": "add", "parameters": {"type": "object", "properties": {}}}
TOOL = {"type": "function", "function": FUNCTION}


def without(server: Server, *, template: str | None) -> None:
    """Take the template of ``OTHER_MODEL`` away, or give it another."""
    settings = server.pool.catalog.locate(OTHER_MODEL) / "tokenizer_config.json"
    settings.write_text(json.dumps({"chat_template": template} if template else {}))


def error_of(reply: httpx.Response) -> dict[str, Any]:
    assert reply.status_code == 400, reply.text
    error: dict[str, Any] = reply.json()["error"]
    return error


async def test_the_list_says_what_each_model_can_do(
    server: Server, client: httpx.AsyncClient
) -> None:
    without(server, template=None)
    listed = {entry["id"]: entry for entry in (await client.get("/models")).json()["data"]}
    nothing = dict.fromkeys(("embeddings", "rerank", "vision", "draft", "infill"), False)
    can = {"context_length": 4096, "chat": True, "tools": True, "reasoning": True, **nothing}
    cannot = {**can, "chat": False, "tools": False, "reasoning": False}
    assert listed[MODEL]["capabilities"] == can
    assert listed[OTHER_MODEL]["capabilities"] == cannot
    assert (await client.get(f"/models/{OTHER_MODEL}")).json() == listed[OTHER_MODEL]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
        ("/messages", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5}),
        ("/responses", {"input": "Hi"}),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_chat_without_a_template_is_refused_before_anything_is_loaded(
    server: Server, client: httpx.AsyncClient, route: str, body: dict[str, Any], stream: bool
) -> None:
    without(server, template=None)
    error = error_of(
        await client.post(route, json={"model": OTHER_MODEL, "stream": stream, **body})
    )
    assert "no chat template" in error["message"]
    assert '"chat": false' in error["message"]
    assert server.engine.resident == {}
    plain = await client.post("/completions", json=completion(model=OTHER_MODEL))
    assert plain.status_code == 200


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize("route", ["/chat/completions", "/messages", "/responses"])
async def test_tools_without_a_format_are_refused(
    server: Server, client: httpx.AsyncClient, route: str, loaded: bool
) -> None:
    without(server, template="{{ messages[0].content }}")
    if loaded:
        assert (await client.post("/chat/completions", json=chat(model=OTHER_MODEL))).is_success
    turn = [{"role": "user", "content": "Hi"}]
    body: dict[str, Any] = {
        "/chat/completions": {"messages": turn, "tools": [TOOL]},
        "/messages": {
            "messages": turn,
            "max_tokens": 5,
            "tools": [{"name": "add", "input_schema": FUNCTION["parameters"]}],
        },
        "/responses": {"input": "Hi", "tools": [{"type": "function", **FUNCTION}]},
    }[route]
    error = error_of(await client.post(route, json={"model": OTHER_MODEL, **body}))
    assert "cannot call tools" in error["message"]
    assert '"tools": false' in error["message"]
    assert (await client.post(route, json={"model": MODEL, **body})).status_code == 200
    assert (OTHER_MODEL in server.engine.resident) is loaded


@pytest.mark.parametrize(
    ("route", "field", "part"),
    [
        ("/chat/completions", "messages", {"type": "image_url", "image_url": {"url": "data:,"}}),
        ("/responses", "input", {"type": "input_image", "image_url": "data:,"}),
        ("/messages", "messages", {"type": "image", "source": {"type": "url", "url": "data:,"}}),
    ],
)
async def test_an_image_names_the_capability_that_is_missing(
    client: httpx.AsyncClient, route: str, field: str, part: dict[str, Any]
) -> None:
    body = {"model": MODEL, "max_tokens": 20, field: [{"role": "user", "content": [part]}]}
    assert "'vision'" in error_of(await client.post(route, json=body))["message"]


async def test_an_embedding_model_says_where_it_is_of_use(
    server: Server, client: httpx.AsyncClient
) -> None:
    folder = server.pool.catalog.locate(OTHER_MODEL) / "1_Pooling"
    folder.mkdir()
    (folder / "config.json").write_text('{"pooling_mode_lasttoken": true}')
    config = folder.parent / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "hidden_size": 8}))
    error = error_of(await client.post("/chat/completions", json=chat(model=OTHER_MODEL)))
    assert "/v1/embeddings" in error["message"]
