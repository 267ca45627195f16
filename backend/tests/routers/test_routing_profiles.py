"""A profile whose name a rule sends elsewhere takes its defaults along."""

from typing import Any

import pytest

from tests.manager import Manager
from tests.routers.profiling import make_profile
from tests.routers.test_providers import created
from tests.routers.test_routing import CHAT, enabled, routed, ruled, turn
from tests.services.upstream.faulty import ANSWER, STREAM_HEAD, faulty_server, frames

pytestmark = pytest.mark.anyio

TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
DEFAULTS: dict[str, Any] = {
    "system_prompt": "Be brief.",
    "temperature": 0.5,
    "top_k": 7,
    "max_tokens": 40,
    "stop": ["END"],
    "tools": [TOOL],
}
BRIEF = {"role": "system", "content": "Be brief."}
SAID = (
    {"type": "message_start", "message": {"usage": {"input_tokens": 3}}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "From afar"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
)


async def test_its_defaults_lie_beneath_what_the_caller_set(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin, "writer", defaults=DEFAULTS)
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await routed(admin, far, model="writer", when="always")
        await admin.post(CHAT, json=turn("writer"))
        mine = {"temperature": 0.25, "max_tokens": 9, "stop": ["."], "tools": None}
        told = [{"role": "system", "content": "Mine."}, *turn()["messages"]]
        await admin.post(CHAT, json=turn("writer", **mine) | {"messages": told})
    plain, set_by_caller = (asked.body for asked in far.asked)
    assert plain["messages"] == [BRIEF, *turn()["messages"]]
    assert (plain["temperature"], plain["top_k"], plain["max_tokens"]) == (0.5, 7, 40)
    assert plain["stop"] == ["END"]
    assert plain["tools"][0]["function"]["name"] == "look"
    assert set_by_caller["messages"] == told
    assert (set_by_caller["temperature"], set_by_caller["top_k"]) == (0.25, 7)
    assert (set_by_caller["max_tokens"], set_by_caller["stop"]) == (9, ["."])


async def test_they_are_told_in_anthropics_words_too(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin, "writer", defaults=DEFAULTS)
    async with faulty_server() as far:
        far.reply = [STREAM_HEAD + frames(*SAID)]
        provider = await created(admin, base_url=far.url, kind="anthropic")
        await ruled(admin, provider, model="writer", when="always")
        await enabled(admin)
        reply = await admin.post("/v1/messages", json=turn("writer", max_tokens=9))
    assert reply.status_code == 200, reply.text
    body = far.asked[0].body
    assert (body["system"], body["temperature"], body["max_tokens"]) == ("Be brief.", 0.5, 9)
    assert body["stop_sequences"] == ["END"]


async def test_the_answer_that_comes_back_here_has_them_once(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin, "writer", defaults={**DEFAULTS, "tools": []})
    async with faulty_server() as far:
        await routed(admin, far, model="writer", when="always", then_here=True)
        reply = await admin.post(CHAT, json=turn("writer"))
    assert reply.status_code == 200, reply.text
    assert "x-served-by" not in reply.headers
    [spec] = manager.engine.specs
    prompt = manager.engine.tokenizer.decode(spec.prompt.token_ids)
    assert prompt.count("Be brief.") == 1
    assert spec.sampling.temperature == 0.5
