"""OpenAI bodies in, what the spine takes out."""

from typing import Any

import pytest

from mlx_manager.mlx_server.core.ids import RequestId
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    GrammarSpec,
    SamplingParams,
    ToolCall,
    ToolChoice,
)
from mlx_manager.mlx_server.dialects.openai.decode_chat import ChatCall, decode_chat
from mlx_manager.mlx_server.dialects.openai.decode_completion import decode_completion
from mlx_manager.mlx_server.errors import BadRequest


def read(*messages: Any, **fields: Any) -> ChatCall:
    """A chat body, one user turn unless messages are given."""
    body = {"model": "m", "messages": list(messages) or [{"role": "user", "content": "Hi"}]}
    return decode_chat({**body, **fields}, request_id=RequestId("r"), caller=LOCAL_OWNER)


def request(*messages: Any, **fields: Any) -> GenerationRequest:
    """What the spine gets."""
    return read(*messages, **fields).requests[0]


def test_nothing_said_means_openais_defaults() -> None:
    call = read()
    (asked,) = call.requests
    assert asked.sampling == SamplingParams()
    assert (call.stream, call.include_usage) == (False, False)
    assert (asked.max_tokens, asked.stop, asked.tools) == (None, (), ())
    assert (asked.grammar, asked.top_logprobs, asked.tool_choice) == (None, None, ToolChoice())


def test_zero_is_a_value() -> None:
    sampling = request(temperature=0, presence_penalty=0, min_p=0, seed=0).sampling
    assert (sampling.temperature, sampling.seed) == (0, 0)


def test_every_sampling_parameter_arrives() -> None:
    fields: dict[str, Any] = {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "min_p": 0.05,
        "repetition_penalty": 1.1,
        "presence_penalty": -1,
        "frequency_penalty": 2,
        "seed": 7,
    }
    assert request(**fields).sampling == SamplingParams(**fields)


def test_an_empty_nucleus_is_the_most_likely_token() -> None:
    sampling = request(top_p=0).sampling
    assert (sampling.top_p, sampling.top_k) == (1, 1)


def test_top_k_of_minus_one_is_off() -> None:
    assert request(top_k=-1).sampling.top_k == 0


def test_a_whole_number_may_have_a_point() -> None:
    assert request(max_tokens=9.0).max_tokens == 9


def test_the_newer_name_of_the_length_wins() -> None:
    assert request(max_tokens=9, max_completion_tokens=8).max_tokens == 8


def test_one_stop_string_or_several() -> None:
    assert request(stop="a").stop == ("a",)
    assert request(stop=["a", "b"]).stop == ("a", "b")


def test_developer_is_system() -> None:
    turns = request({"role": "developer", "content": "Be brief."}).messages
    assert turns is not None
    assert (turns[0].role, turns[0].content) == ("system", "Be brief.")


def test_text_parts_are_lines_of_one_text() -> None:
    parts = [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    turns = request({"role": "user", "content": parts}).messages
    assert turns is not None
    assert turns[0].content == "One.\nTwo."


def test_an_assistants_calls_and_reasoning_come_back() -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}]
    said = {"role": "assistant", "content": None, "tool_calls": calls, "reasoning_content": "Hm."}
    answered = {"role": "tool", "tool_call_id": "c1", "content": "42"}
    turns = request(said, answered).messages
    assert turns is not None
    assert turns[0].tool_calls == (ToolCall("c1", "f", '{"a":1}'),)
    assert (turns[0].content, turns[0].reasoning) == ("", "Hm.")
    assert (turns[1].role, turns[1].tool_call_id) == ("tool", "c1")


@pytest.mark.parametrize(
    ("arguments", "text"), [("", "{}"), (None, "{}"), ({"a": "é"}, '{"a": "é"}')]
)
def test_arguments_are_always_a_json_text(arguments: Any, text: str) -> None:
    call = {"id": "c", "function": {"name": "f", "arguments": arguments}}
    turns = request({"role": "assistant", "tool_calls": [call]}).messages
    assert turns is not None
    assert turns[0].tool_calls[0].arguments == text


def test_arguments_that_are_no_json_are_named() -> None:
    call = {"id": "c", "function": {"name": "f", "arguments": "{a"}}
    with pytest.raises(BadRequest) as error:
        request({"role": "assistant", "tool_calls": [call]})
    assert error.value.param == "messages[0].tool_calls[0].function.arguments"


def test_tools_of_other_kinds_are_passed_over() -> None:
    function = {"type": "function", "function": {"name": "f"}}
    tools = request(tools=[{"type": "web_search"}, function]).tools
    assert [tool["function"]["name"] for tool in tools] == ["f"]
    assert tools[0]["function"]["parameters"] == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("effort", "thinks"), [("none", False), ("minimal", False), ("low", True), ("high", True)]
)
def test_effort_switches_thinking(effort: str, thinks: bool) -> None:
    asked = request(reasoning_effort=effort)
    assert asked.template_kwargs == {"enable_thinking": thinks}
    assert asked.effort == effort


def test_a_template_argument_said_outright_wins_over_the_effort() -> None:
    kwargs = {"enable_thinking": False, "custom": 1}
    assert request(reasoning_effort="high", chat_template_kwargs=kwargs).template_kwargs == kwargs


def test_an_error_says_what_was_wrong_and_what_is_allowed() -> None:
    with pytest.raises(BadRequest) as error:
        request(temperature=3)
    assert error.value.message == (
        "Invalid 'temperature': input should be less than or equal to 2; got 3."
    )


def test_an_error_does_not_repeat_a_large_value() -> None:
    for value in ("x" * 10**6, [1] * 10**6, 10**400, {"a": "x" * 10**6}):
        with pytest.raises(BadRequest) as error:
            request(seed=value)
        assert len(error.value.message) < 300


def test_prompts_of_all_four_kinds() -> None:
    for prompt, texts, ids in (
        ("a", ["a"], [None]),
        (["a", "b"], ["a", "b"], [None, None]),
        ([1, 2], [None], [(1, 2)]),
        ([[1], [2, 3]], [None, None], [(1,), (2, 3)]),
        (["a", [1]], ["a", None], [None, (1,)]),
    ):
        call = decode_completion(
            {"model": "m", "prompt": prompt}, request_id=RequestId("r"), caller=LOCAL_OWNER
        )
        assert [one.text for one in call.requests] == texts
        assert [one.token_ids for one in call.requests] == ids
        assert all(one.messages is None for one in call.requests)


def test_several_choices_rise_from_the_seed() -> None:
    assert [one.sampling.seed for one in read(n=3, seed=7).requests] == [7, 8, 9]
    assert [one.sampling.seed for one in read(n=2).requests] == [None, None]
    body = {"model": "m", "prompt": ["a", "b"], "n": 2, "seed": 1, "best_of": 2}
    call = decode_completion(body, request_id=RequestId("r"), caller=LOCAL_OWNER)
    assert [(one.text, one.sampling.seed) for one in call.requests] == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
        ("b", 2),
    ]


def test_a_bias_is_pairs_of_ids_and_amounts() -> None:
    assert request(logit_bias={"7": -100, "3": 1.5}).sampling.logit_bias == ((7, -100), (3, 1.5))


@pytest.mark.parametrize(
    ("fields", "top"),
    [
        ({"logprobs": True}, 0),
        ({"logprobs": True, "top_logprobs": 20}, 20),
        ({"logprobs": False, "top_logprobs": 0}, None),
    ],
)
def test_log_probabilities_are_asked_for_with_so_many_rivals(
    fields: dict[str, Any], top: int | None
) -> None:
    assert request(**fields).top_logprobs == top


SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
WRITTEN = '{"type":"object","properties":{"a":{"type":"integer"}}}'
BY_SCHEMA = GrammarSpec(GrammarKind.JSON_SCHEMA, WRITTEN)


@pytest.mark.parametrize(
    ("fields", "grammar"),
    [
        ({"response_format": {"type": "text"}}, None),
        ({"response_format": {"type": "json_object"}}, GrammarSpec(GrammarKind.JSON_OBJECT)),
        ({"response_format": {"type": "json_object", "schema": SCHEMA}}, BY_SCHEMA),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}},
            BY_SCHEMA,
        ),
        ({"guided_json": SCHEMA}, BY_SCHEMA),
        ({"guided_json": WRITTEN}, BY_SCHEMA),
        ({"guided_regex": "a+"}, GrammarSpec(GrammarKind.REGEX, "a+")),
        ({"guided_grammar": "start: A"}, GrammarSpec(GrammarKind.LARK, "start: A")),
    ],
)
def test_a_format_is_a_grammar(fields: dict[str, Any], grammar: GrammarSpec | None) -> None:
    assert request(**fields).grammar == grammar


FUNCTIONS = [{"type": "function", "function": {"name": name}} for name in ("f", "g")]
ONLY_G = {"mode": "required", "tools": [FUNCTIONS[1]]}


@pytest.mark.parametrize(
    ("choice", "names", "read_as"),
    [
        ("auto", ["f", "g"], ToolChoice()),
        ("none", [], ToolChoice()),
        ("required", ["f", "g"], ToolChoice(required=True)),
        (FUNCTIONS[0], ["f", "g"], ToolChoice(required=True, name="f", parallel=False)),
        (
            {"type": "allowed_tools", "allowed_tools": ONLY_G},
            ["g"],
            ToolChoice(required=True),
        ),
    ],
)
def test_a_choice_among_the_tools(choice: Any, names: list[str], read_as: ToolChoice) -> None:
    got = request(tools=FUNCTIONS, tool_choice=choice)
    assert [tool["function"]["name"] for tool in got.tools] == names
    assert got.tool_choice == read_as


def test_calls_may_be_held_to_one() -> None:
    assert request(tools=FUNCTIONS, parallel_tool_calls=False).tool_choice == ToolChoice(
        parallel=False
    )
