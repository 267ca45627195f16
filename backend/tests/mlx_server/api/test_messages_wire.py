"""Wire traps of the agents that speak Messages: what they send that the reference does not tell."""

import json
import re

import httpx
import pytest

from tests.mlx_server.api.test_messages import (
    BILLING,
    COUNT,
    ROUTE,
    WEATHER,
    asked,
    error_of,
    prompt_of,
)
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio


async def test_fields_that_only_a_hosted_service_knows_are_no_error(
    client: httpx.AsyncClient,
) -> None:
    body = asked(
        [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}],
        metadata={"user_id": "user_" + "a" * 300},
        service_tier="auto",
        context_management={"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        output_config={"effort": "medium"},
        betas=["interleaved-thinking-2025-05-14"],
        mcp_servers=[],
        container=None,
        speed="fast",
        surprise=1,
        tools=[{**WEATHER, "type": "custom", "cache_control": {"type": "ephemeral"}}],
    )
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": "claude-code-20250219"}
    for route in (ROUTE, COUNT):
        reply = await client.post(f"{route}?beta=true", json=body, headers=headers)
        assert reply.status_code == 200, reply.text


async def test_nulls_mean_the_default(client: httpx.AsyncClient) -> None:
    names = ("system", "tools", "tool_choice", "thinking", "temperature", "top_p", "top_k")
    nulls = dict.fromkeys((*names, "stop_sequences", "stream", "metadata", "output_config"))
    assert (await client.post(ROUTE, json={**asked(), **nulls})).status_code == 200


async def test_tools_of_another_kind_are_passed_over(
    server: Server, client: httpx.AsyncClient
) -> None:
    hosted = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}
    reply = await client.post(ROUTE, json=asked(tools=[hosted, WEATHER]))
    assert reply.status_code == 200
    assert '"weather"' in prompt_of(server)
    assert "web_search" not in prompt_of(server)


async def test_no_choice_shows_no_tools(server: Server, client: httpx.AsyncClient) -> None:
    body = asked(tools=[WEATHER], tool_choice={"type": "none"})
    assert (await client.post(ROUTE, json=body)).status_code == 200
    assert "weather" not in prompt_of(server)


async def test_a_system_role_among_the_messages_is_understood(
    server: Server, client: httpx.AsyncClient
) -> None:
    body = asked(
        system="First.",
        messages=[
            {"role": "system", "content": [{"type": "text", "text": "Second."}]},
            {"role": "user", "content": "Hi"},
            {"role": "system", "content": "Later."},
        ],
    )
    assert (await client.post(ROUTE, json=body)).status_code == 200
    prompt = prompt_of(server)
    assert "<|im_start|>system\nFirst.\n\nSecond.<|im_end|>" in prompt
    assert "<|im_start|>user\nHi\n<system>\nLater.\n</system><|im_end|>" in prompt


async def test_a_billing_line_that_changes_leaves_the_prompt_the_same(
    server: Server, client: httpx.AsyncClient
) -> None:
    prompts = set()
    for checksum in ("00000", "1a2b3"):
        line = BILLING % checksum
        blocks = [{"type": "text", "text": line}, {"type": "text", "text": "You are an agent."}]
        for system in (blocks, f"{line}\nYou are an agent."):
            assert (await client.post(ROUTE, json=asked(system=system))).status_code == 200
            prompts.add(prompt_of(server))
    assert len(prompts) == 1
    assert "billing" not in prompts.pop()


async def test_eighty_kilobytes_of_prompt_and_sixty_tools_are_taken(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.context_length = 400_000
    tools = [
        {
            "name": f"tool_{at}",
            "description": "What it does. " * 20,
            "input_schema": {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "type": "object",
                "properties": {"path": {"type": "string", "description": "A path."}},
                "required": ["path"],
                "additionalProperties": False,
            },
        }
        for at in range(60)
    ]
    body = asked(system="Rules. " * 11_500, tools=tools, max_tokens=32_000, stream=True)
    reply = await client.post(f"{ROUTE}?beta=true", json=body)
    assert reply.status_code == 200
    assert reply.text.endswith('data: {"type":"message_stop"}\n\n')
    counted = await client.post(COUNT, json=body)
    assert counted.json() == {"input_tokens": len(server.engine.specs[-1].prompt)}


async def test_thinking_switches_the_template(server: Server, client: httpx.AsyncClient) -> None:
    closed = "<think>\n\n</think>\n\n"
    for thinking, is_closed in (
        ({"type": "disabled"}, True),
        ({"type": "enabled", "budget_tokens": 1024}, False),
        ({"type": "adaptive"}, False),
        (None, False),
    ):
        reply = await client.post(ROUTE, json=asked(thinking=thinking))
        assert reply.status_code == 200
        assert prompt_of(server).endswith(closed) is is_closed


async def test_a_message_has_an_id_and_the_request_a_name(client: httpx.AsyncClient) -> None:
    reply = await client.post(ROUTE, json=asked(), headers={"x-request-id": "mine-1"})
    assert re.fullmatch("msg_[0-9a-f]{24}", reply.json()["id"])
    assert reply.headers["request-id"] == reply.headers["x-request-id"] == "mine-1"
    assert "queue;dur=" in reply.headers["server-timing"]


async def test_half_an_emoji_is_mended(server: Server, client: httpx.AsyncClient) -> None:
    raw = json.dumps(asked("cut \ud83d off")).encode()
    assert (await client.post(ROUTE, content=raw)).status_code == 200
    assert "cut \ufffd off" in prompt_of(server)


async def test_a_last_message_of_the_assistants_is_where_the_answer_goes_on(
    server: Server, client: httpx.AsyncClient
) -> None:
    begun = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello, my"}]
    for route in (ROUTE, COUNT):
        assert (await client.post(route, json=asked(messages=begun))).status_code == 200
    assert prompt_of(server).endswith("<|im_start|>assistant\nHello, my")
    held = {"type": "json_schema", "schema": {"type": "object"}}
    refused = await client.post(ROUTE, json=asked(messages=begun, output_format=held))
    assert (refused.status_code, "'messages'" in error_of(refused)["message"]) == (400, True)


async def test_a_budget_for_thinking_is_watched_where_it_can_bind(
    server: Server, client: httpx.AsyncClient
) -> None:
    for budget, is_watched in ((20, True), (49, False), (1024, False)):
        thinking = {"type": "enabled", "budget_tokens": budget}
        assert (await client.post(ROUTE, json=asked(thinking=thinking))).status_code == 200
        assert (server.engine.specs[-1].grammar is not None) is is_watched
