"""The OpenAPI document says what a body may hold, though bodies are read raw."""

from typing import Any

import httpx
import jsonschema
import pytest

from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody
from tests.mlx_server.api.requests import chat, completion
from tests.mlx_server.conftest import Server

ROUTES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": chat(
        n=2,
        logit_bias={"7": 1},
        stop=["a"],
        stream_options={"include_usage": True},
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        tool_choice={"type": "function", "function": {"name": "f"}},
        response_format={"type": "json_schema", "json_schema": {"schema": {}}},
    ),
    "/v1/completions": completion([[1, 2], "a"], logprobs=3),
    "/v1/tokenize": {"model": "m", "prompt": "a"},
    "/v1/detokenize": {"model": "m", "tokens": [1]},
}


@pytest.mark.anyio
@pytest.mark.parametrize("path", ROUTES)
async def test_bodies_that_are_served_fit_their_description(server: Server, path: str) -> None:
    async with httpx.AsyncClient() as client:
        document = (await client.get(server.url.removesuffix("/v1") + "/openapi.json")).json()
    body = document["paths"][path]["post"]["requestBody"]
    assert body["required"]
    schema = body["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(ROUTES[path], schema)
    for name in schema["required"]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({k: v for k, v in ROUTES[path].items() if k != name}, schema)


def test_no_reference_is_left_that_would_point_nowhere() -> None:
    assert "$ref" not in str(json_body(ChatBody))
