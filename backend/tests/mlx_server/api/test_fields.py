"""No field of a body is passed over in silence: each changes what is generated, or the reply."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from mlx_manager.mlx_server.core.ports import SequenceSpec
from mlx_manager.mlx_server.dialects.anthropic.schema import CountBody, MessagesBody
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody, CompletionBody, GenerationBody
from mlx_manager.mlx_server.dialects.responses.schema import ResponseBody
from tests.fakes.script import Script
from tests.mlx_server.api.requests import CALL, FLAT_WEATHER, chat, completion
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio

_ID = re.compile(r"\b(chatcmpl|cmpl|resp|msg|call|rs|fc|req)[-_][0-9A-Za-z_]+")
_TIME = re.compile(r'"(created|created_at|completed_at)":\s*[0-9.]+')
FUNCTION: Any = {"name": "weather", "parameters": {"type": "object", "properties": {}}}
TOOL: Any = {"type": "function", "function": FUNCTION}
CLAUDES: Any = {"name": "weather", "input_schema": {"type": "object"}}
TURN = [{"role": "user", "content": "Other"}]
SCHEMA = {"type": "json_schema", "schema": {"type": "object"}, "name": "s"}


@dataclass(frozen=True)
class Change:
    """One field of a body; ``beside`` it some others. ``heard``: by the engine, not only told back
    in the reply."""

    name: str
    value: Any
    beside: dict[str, Any] = field(default_factory=dict)
    heard: bool = True


def shown(name: str, value: Any, **beside: Any) -> Change:
    """A field that changes the reply alone, errors included."""
    return Change(name, value, beside, heard=False)


SHARED = [
    Change("model", OTHER_MODEL),
    shown("adapter", "me/none"),
    shown("stream", True),
    Change("temperature", 0.5),
    Change("top_p", 0.5),
    Change("top_k", 5),
    Change("min_p", 0.5),
    Change("repetition_penalty", 1.5),
    Change("presence_penalty", 0.5),
    Change("frequency_penalty", 0.5),
    Change("seed", 7),
    Change("logit_bias", {"65": 5}),
    Change("max_tokens", 3),
    Change("min_tokens", 3),
    Change("ignore_eos", True, {"max_tokens": 20}),
    shown("stop", "l"),
    # A script follows no grammar, and says so; test_formats_real has them enforced.
    shown("response_format", {"type": "json_object"}),
    shown("guided_json", {"type": "object"}),
    shown("guided_regex", "[ab]"),
    shown("guided_grammar", 'start: "a"'),
]
STREAMED = shown("stream_options", {"include_usage": True}, stream=True)
CHAT = [
    *SHARED,
    STREAMED,
    Change("n", 2),
    Change("messages", TURN),
    Change("max_completion_tokens", 3),
    Change("tools", [TOOL]),
    Change("tool_choice", "none", {"tools": [TOOL]}),
    shown("parallel_tool_calls", False, tools=[TOOL]),
    Change("functions", [FUNCTION]),
    Change("function_call", "none", {"functions": [FUNCTION]}),
    Change("logprobs", True),
    Change("top_logprobs", 2, {"logprobs": True}),
    Change("reasoning_effort", "none"),
    Change("chat_template_kwargs", {"enable_thinking": False}),
    shown("modalities", ["text", "audio"]),
]
COMPLETIONS = [
    *SHARED,
    STREAMED,
    Change("n", 2),
    Change("prompt", "Other"),
    shown("echo", True),
    shown("suffix", "end"),
    Change("logprobs", 2),
    shown("best_of", 2),
]
RESPONSES = [
    *SHARED,
    shown("n", 2),
    Change("input", "Other"),
    Change("instructions", "Be brief."),
    shown("previous_response_id", "resp_none"),
    Change("tools", [FLAT_WEATHER]),
    Change("tool_choice", "none", {"tools": [FLAT_WEATHER]}),
    shown("parallel_tool_calls", False, tools=[FLAT_WEATHER]),
    Change("max_output_tokens", 3),
    shown("max_tool_calls", 3),  # of hosted tools, which there are none of: told back
    shown("text", {"format": SCHEMA}),
    Change("reasoning", {"effort": "none"}),
    Change("top_logprobs", 2),
    Change("include", ["message.output_text.logprobs"]),
    shown("truncation", "auto"),
    shown("store", False),
    shown("generate", False),
    shown("conversation", "conv_1"),
    shown("prompt", {"id": "p"}),
    *(shown(name, "x") for name in ("user", "safety_identifier", "prompt_cache_key")),
    shown("metadata", {"a": "b"}),
    shown("background", True),  # the last: it goes on behind its reply
]
MESSAGES = [
    Change("model", OTHER_MODEL),
    shown("adapter", "me/none"),
    Change("messages", TURN),
    Change("system", "Be brief."),
    Change("tools", [CLAUDES]),
    Change("tool_choice", {"type": "none"}, {"tools": [CLAUDES]}),
    Change("thinking", {"type": "disabled"}),
    shown("output_config", {"effort": "huge"}),
    shown("output_format", SCHEMA),
    Change("max_tokens", 3),
    shown("stream", True),
    Change("temperature", 0.5),
    Change("top_p", 0.5),
    Change("top_k", 5),
    shown("stop_sequences", ["l"]),
]
ROUTES: dict[str, tuple[type[BaseModel], dict[str, Any], list[Change]]] = {
    "/chat/completions": (ChatBody, chat(), CHAT),
    "/completions": (CompletionBody, completion(), COMPLETIONS),
    "/responses": (ResponseBody, {"model": MODEL, "input": "Hi"}, RESPONSES),
    "/messages": (MessagesBody, chat(max_tokens=50), MESSAGES),
}
NOT_OF_RESPONSES = {"stream_options"}
"""Counts always come with the last event there."""

ACCEPTED: dict[str, dict[str, Any]] = {
    "/chat/completions": {
        "metadata": {"a": "b"},
        "user": "u",
        "safety_identifier": "u",
        "prompt_cache_key": "k",
        "store": True,
        "service_tier": "auto",
        "verbosity": "low",
        "prediction": {"type": "content", "content": "Hello"},
        "web_search_options": {},
    },
    "/completions": {"user": "u"},
    "/responses": {"service_tier": "auto", "stream_options": {"include_obfuscation": False}},
    "/messages": {
        "metadata": {"user_id": "u"},
        "service_tier": "auto",
        "container": "c",
        "mcp_servers": [],
        "context_management": {"edits": []},
        "cache_control": {"type": "ephemeral"},
    },
}
"""For a hosted service, or hints: taken, and nothing is different for them."""


def generated(spec: SequenceSpec) -> str:
    """Everything in which two sequences can differ."""
    limits = (spec.max_tokens, spec.min_tokens, spec.ignore_eos, spec.top_logprobs)
    return repr((spec.model.id, spec.prompt, spec.sampling, limits, spec.grammar is None))


async def outcome(
    server: Server, client: httpx.AsyncClient, route: str, body: dict[str, Any]
) -> tuple[list[str], str]:
    """What was generated, and the reply without what is new in each."""
    server.engine.default = Script.of("Hello!" if not _tools(body) else f"Hello! {CALL}{CALL}")
    before = len(server.engine.specs)
    reply = await client.post(route, json=body)
    text = _TIME.sub("TIME", _ID.sub("ID", reply.text))
    return [generated(spec) for spec in server.engine.specs[before:]], text


def _tools(body: dict[str, Any]) -> bool:
    return bool(body.get("tools") or body.get("functions"))


@pytest.mark.parametrize("route", ROUTES)
async def test_every_field_makes_a_difference(
    server: Server, client: httpx.AsyncClient, route: str
) -> None:
    _, plain, changes = ROUTES[route]
    silent = []
    for change in changes:
        beside = {**plain, **change.beside}
        base = await outcome(server, client, route, beside)
        changed = await outcome(server, client, route, {**beside, change.name: change.value})
        if base[0] == changed[0] if change.heard else base == changed:
            silent.append(change.name)
    assert silent == []


@pytest.mark.parametrize("route", ROUTES)
def test_every_field_of_the_schema_is_in_the_table(route: str) -> None:
    schema, _, changes = ROUTES[route]
    fields = set(schema.model_fields)
    if schema is ResponseBody:
        assert set(GenerationBody.model_fields) > NOT_OF_RESPONSES
        fields -= NOT_OF_RESPONSES
    assert set(CountBody.model_fields) < set(MessagesBody.model_fields)
    assert {change.name for change in changes} == fields


@pytest.mark.parametrize("route", ROUTES)
async def test_what_is_meant_for_others_is_accepted_and_changes_nothing(
    server: Server, client: httpx.AsyncClient, route: str
) -> None:
    _, plain, _ = ROUTES[route]
    base = await outcome(server, client, route, plain)
    assert base == await outcome(server, client, route, {**plain, **ACCEPTED[route]})
    assert len(base[0]) == 1
