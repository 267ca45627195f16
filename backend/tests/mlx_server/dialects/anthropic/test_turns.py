"""Anthropic's turns as ours."""

import json
from typing import Any

from mlx_manager.mlx_server.core.request import Message, ToolCall
from mlx_manager.mlx_server.dialects.anthropic.turns import read_turns


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def test_results_come_before_the_words_beside_them() -> None:
    call = {"type": "tool_use", "id": "a", "name": "f", "input": {"x": "é"}}
    turns = read_turns(
        None,
        [
            user(text("Do it.")),
            {"role": "assistant", "content": [text("Yes."), call]},
            user(
                {"type": "tool_result", "tool_use_id": "a", "content": [text("1"), text("2")]},
                {"type": "tool_result", "tool_use_id": "b", "is_error": True, "content": "no"},
                {"type": "tool_result", "tool_use_id": "c"},
                text("Go on."),
            ),
        ],
    )
    assert turns == (
        Message("user", "Do it."),
        Message("assistant", "Yes.", tool_calls=(ToolCall("a", "f", '{"x": "é"}'),)),
        Message("tool", "1\n2", tool_call_id="a"),
        Message("tool", "Error: no", tool_call_id="b"),
        Message("tool", "", tool_call_id="c"),
        Message("user", "Go on."),
    )


def test_thoughts_are_given_back_and_redacted_ones_are_not() -> None:
    thoughts = [
        {"type": "thinking", "thinking": "One.", "signature": "zzz"},
        {"type": "redacted_thinking", "data": "zzz"},
        {"type": "thinking", "thinking": "Two."},
        text("So."),
    ]
    (turn,) = read_turns(None, [{"role": "assistant", "content": thoughts}])
    assert turn == Message("assistant", "So.", reasoning="One.\nTwo.")


def test_turns_of_one_role_are_one() -> None:
    call = {"type": "tool_use", "id": "a", "name": "f", "input": {}}
    turns = read_turns(
        None,
        [
            user(text("One")),
            user(text("two.")),
            {"role": "assistant", "content": "Yes."},
            {"role": "assistant", "content": [call]},
        ],
    )
    assert turns == (
        Message("user", "One\ntwo."),
        Message("assistant", "Yes.", tool_calls=(ToolCall("a", "f", "{}"),)),
    )


def test_documents_and_search_results_are_told_as_text() -> None:
    turns = read_turns(
        None,
        [
            user(
                {"type": "document", "source": {"type": "text", "data": "Body"}, "title": "Name"},
                {"type": "document", "source": {"type": "content", "content": [text("Part")]}},
                {"type": "search_result", "title": "Found", "source": "s", "content": [text("it")]},
            )
        ],
    )
    assert turns == (Message("user", "Name\nBody\nPart\nFound\nit"),)


def test_what_a_hosted_service_wrote_for_itself_is_passed_over() -> None:
    history = [
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": []},
        text("Found."),
    ]
    assert read_turns(None, [{"role": "assistant", "content": history}]) == (
        Message("assistant", "Found."),
    )


def test_an_empty_turn_of_the_assistant_is_no_turn() -> None:
    assert read_turns("", [user(text("Hi")), {"role": "assistant", "content": []}]) == (
        Message("user", "Hi"),
    )


def test_the_system_prompt_is_every_block_but_the_billing_line() -> None:
    billing = "x-anthropic-billing-header: cc_version=2.1.37; cch=%d;"
    first = [text(billing % 1), text("You are an agent."), text("Rules.")]
    second = "\n".join((billing % 2, "You are an agent.\n\nRules."))
    expected = (Message("system", "You are an agent.\n\nRules."), Message("user", "Hi"))
    assert read_turns(first, [user(text("Hi"))]) == expected
    assert read_turns(second, [user(text("Hi"))]) == expected
    told = {"role": "system", "content": first}
    assert read_turns(None, [told, user(text("Hi"))]) == expected
    assert json.dumps(first).count("billing") == 1  # what the caller sent is left as it was
