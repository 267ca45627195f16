"""The judge: right answers pass, near misses do not."""

import json

from guide_training.exchange import Exchange, Message, plain
from guide_training.mix import Conversation
from guide_training.verdict import Reply, judge, parse


def case(exchange: Exchange, thinking: bool = False) -> Conversation:
    return Conversation(exchange.messages, exchange.tools, thinking, exchange)


def calling(name: str, arguments: dict[str, object]) -> Conversation:
    function = {"name": name, "arguments": json.dumps(arguments)}
    answer: Message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_0", "type": "function", "function": function}],
    }
    return case(Exchange("tool_call", [{"role": "user", "content": "?"}, answer], ""))


def test_raw_output_is_split_into_thought_text_and_calls() -> None:
    raw = '<think>\nhm\n</think>\n\n<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>'
    assert parse(raw) == Reply("", [("f", '{"a": 1}')], "hm")
    assert parse("plain") == Reply("plain")
    assert parse('<tool_call>\n{"name": "f"').calls == [("", '\n{"name": "f"')]


def test_a_call_needs_the_right_name_and_arguments() -> None:
    wanted = calling("f", {"a": 1})
    assert judge(wanted, Reply("", [("f", '{"a": 1}')])).right
    assert not judge(wanted, Reply("", [("g", '{"a": 1}')])).right
    assert not judge(wanted, Reply("", [("f", '{"a": "1"}')])).right
    assert not judge(wanted, Reply("", [("f", "{broken")])).right
    assert not judge(wanted, Reply("f(a=1)")).right


def test_text_must_be_exact_or_accepted() -> None:
    wanted = case(plain("repeat", "Say a.", "a.", "", accepted=("a",)))
    assert judge(wanted, Reply("a.")).right
    assert judge(wanted, Reply("a")).right
    assert not judge(wanted, Reply("A")).right
    assert not judge(wanted, Reply("a", [("f", "{}")])).right


def test_json_is_compared_as_values() -> None:
    wanted = case(plain("json", "?", '{"a": 1, "b": 2}', ""))
    assert judge(wanted, Reply('{"b":2,"a":1}')).right
    assert not judge(wanted, Reply('{"a": 1}')).right
    assert not judge(wanted, Reply("a is 1")).right


def test_thinking_that_was_asked_for_must_be_there() -> None:
    wanted = case(plain("guide", "?", "yes", ""), thinking=True)
    assert judge(wanted, Reply("yes", reasoning="hm")).right
    assert not judge(wanted, Reply("yes")).right
