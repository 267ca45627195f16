"""What other servers are asked, in the words that they know. (What a second MLX Manager makes of
it is in ``test_between_servers``.)"""

from typing import Any

import pytest

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.request import (
    GrammarKind,
    GrammarSpec,
    Message,
    SamplingParams,
    ToolCall,
    ToolChoice,
)
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.services.upstream.anthropic_request import anthropic_body
from mlx_manager.services.upstream.openai_request import openai_body
from mlx_manager.services.upstream.upstream import Upstream, api_url
from tests.services.upstream.asking import MODEL, request

TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}
PLAIN = {
    "model": MODEL,
    "stream": True,
    "stream_options": {"include_usage": True},
    "messages": [{"role": "user", "content": "Hi there"}],
}


def test_what_has_its_default_is_not_sent() -> None:
    assert openai_body(request(), extensions=True) == ("/chat/completions", PLAIN)


def test_openai_itself_gets_nothing_that_is_not_in_its_reference() -> None:
    sampling = SamplingParams(temperature=0.0, top_k=5, min_p=0.1, repetition_penalty=1.2)
    asked = request(
        sampling=sampling,
        max_tokens=9,
        min_tokens=2,
        ignore_eos=True,
        effort=Effort.HIGH,
        template_kwargs={"enable_thinking": True, "other": 1},
    )
    _, body = openai_body(asked, extensions=False)
    more = {"temperature": 0.0, "max_completion_tokens": 9, "reasoning_effort": "high"}
    assert body == {**PLAIN, **more}
    _, body = openai_body(asked, extensions=True)
    assert body["max_tokens"] == 9
    assert (body["top_k"], body["min_tokens"], body["ignore_eos"]) == (5, 2, True)
    assert body["chat_template_kwargs"] == {"enable_thinking": True, "other": 1}
    assert not Upstream("O", "https://api.openai.com/v1").takes_extensions
    assert Upstream("V", "https://vllm.example.com/v1").takes_extensions


def test_an_adapter_and_a_suffix_are_not_lost_on_the_way() -> None:
    asked = request(adapter="me/lora")
    assert openai_body(asked, extensions=True)[1] == {**PLAIN, "adapter": "me/lora"}
    assert anthropic_body(asked, strict=False)[1]["adapter"] == "me/lora"
    for refuse in (
        lambda: openai_body(asked, extensions=False),
        lambda: anthropic_body(asked, strict=True),
    ):
        with pytest.raises(BadRequest, match="adapter"):
            refuse()
    gap = request(messages=None, text="def f():", suffix="return x")
    route, body = openai_body(gap, extensions=False)
    assert (route, body["prompt"], body["suffix"]) == ("/completions", "def f():", "return x")


@pytest.mark.parametrize(
    ("choice", "openai", "anthropic"),
    [
        (ToolChoice(), {}, {"type": "auto"}),
        (ToolChoice(required=True), {"tool_choice": "required"}, {"type": "any"}),
        (
            ToolChoice(parallel=False),
            {"parallel_tool_calls": False},
            {"type": "auto", "disable_parallel_tool_use": True},
        ),
        (
            ToolChoice(required=True, name="f", parallel=False),
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            {"type": "tool", "name": "f", "disable_parallel_tool_use": True},
        ),
    ],
)
def test_the_choice_of_tools_in_both_dialects(
    choice: ToolChoice, openai: dict[str, Any], anthropic: dict[str, Any]
) -> None:
    asked = request(tools=(TOOL,), tool_choice=choice)
    assert openai_body(asked, extensions=False)[1] == {**PLAIN, "tools": [TOOL], **openai}
    body = anthropic_body(asked, strict=True)[1]
    assert body["tools"] == [{"name": "f", "input_schema": {"type": "object"}}]
    assert body["tool_choice"] == anthropic


def test_results_of_calls_are_blocks_of_one_users_turn_for_anthropic() -> None:
    turns = (
        Message("system", "Be brief."),
        Message("user", "Go."),
        Message(
            "assistant",
            "Well.",
            reasoning="Hm.",
            tool_calls=(ToolCall("a", "f", '{"x": 1}'), ToolCall("b", "f", "no JSON")),
        ),
        Message("tool", "one", tool_call_id="a"),
        Message("tool", "", tool_call_id="b"),
        Message("user", "And?"),
    )
    _, body = anthropic_body(request(messages=turns), strict=True)
    assert body["system"] == "Be brief."
    assert body["max_tokens"] == 4096
    assert body["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Go."}]},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Well."},
                {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
                {"type": "tool_use", "id": "b", "name": "f", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "a",
                    "content": [{"type": "text", "text": "one"}],
                },
                {"type": "tool_result", "tool_use_id": "b", "content": []},
                {"type": "text", "text": "And?"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("fields", "thinking"),
    [
        ({}, None),
        ({"effort": Effort.NONE}, {"type": "disabled"}),
        ({"reasoning_budget": 0}, {"type": "disabled"}),
        ({"reasoning_budget": 5}, {"type": "enabled", "budget_tokens": 1024}),
        ({"effort": Effort.MEDIUM}, {"type": "enabled", "budget_tokens": 4000}),
        ({"effort": Effort.MAX}, {"type": "enabled", "budget_tokens": 7999}),
        ({"effort": Effort.HIGH, "max_tokens": 900}, {"type": "disabled"}),
        (
            {"effort": Effort.HIGH, "tools": (TOOL,), "tool_choice": ToolChoice(required=True)},
            {"type": "disabled"},
        ),
    ],
)
def test_effort_is_a_budget_that_anthropic_takes(
    fields: dict[str, Any], thinking: dict[str, Any] | None
) -> None:
    _, body = anthropic_body(request(**{"max_tokens": 8000, **fields}), strict=True)
    assert body.get("thinking") == thinking


def test_what_a_dialect_has_no_words_for_is_refused_not_passed_over() -> None:
    regex = request(grammar=GrammarSpec(GrammarKind.REGEX, "a+"))
    assert openai_body(regex, extensions=True)[1]["guided_regex"] == "a+"
    with pytest.raises(BadRequest, match="regular expression"):
        openai_body(regex, extensions=False)
    biased = request(sampling=SamplingParams(logit_bias=((1, 2.0),)))
    for wrong in (regex, biased, request(top_logprobs=1), request(messages=None, text="x")):
        with pytest.raises(BadRequest, match="no words for"):
            anthropic_body(wrong, strict=True)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("https://api.anthropic.com/", "https://api.anthropic.com/v1"),
        ("https://example.com/api/v1/", "https://example.com/api/v1"),
    ],
)
def test_a_bare_host_is_given_the_v1_that_people_leave_out(given: str, used: str) -> None:
    assert api_url(given) == used
