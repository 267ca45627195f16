"""Items and the turns they become."""

from typing import Any

import pytest

from mlx_manager.mlx_server.core.request import Message, ToolCall
from mlx_manager.mlx_server.dialects.responses.compact import compacted
from mlx_manager.mlx_server.dialects.responses.ids import (
    input_item_id,
    new_response_id,
    output_item_id,
    response_of,
)
from mlx_manager.mlx_server.dialects.responses.input_items import read_items, seal, unseal
from mlx_manager.mlx_server.dialects.responses.turns import read_turns, without_oldest

CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a": 1}'}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "4"}


def user(text: str) -> dict[str, Any]:
    """A user's message, as clients write it."""
    return {"role": "user", "content": text}


def turns(instructions: str | None, *items: Any) -> tuple[Message, ...]:
    """What the model would be shown."""
    return read_turns(instructions, read_items(list(items), new_response_id()))


def test_what_the_model_did_in_one_go_is_one_turn() -> None:
    thought = {
        "type": "reasoning",
        "summary": [],
        "content": [{"type": "reasoning_text", "text": "Hm"}],
    }
    said = {"role": "assistant", "content": [{"type": "output_text", "text": "Let me look."}]}
    second = {**CALL, "call_id": "c2"}
    assert turns(None, user("Hi"), thought, said, CALL, second, RESULT)[1:] == (
        Message(
            "assistant",
            "Let me look.",
            reasoning="Hm",
            tool_calls=(ToolCall("c1", "f", '{"a": 1}'), ToolCall("c2", "f", '{"a": 1}')),
        ),
        Message("tool", "4", tool_call_id="c1"),
    )


def test_calls_after_a_new_thought_are_a_new_turn() -> None:
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]}
    shown = turns(None, user("Hi"), CALL, thought, CALL)
    assert [(turn.role, turn.reasoning) for turn in shown[1:]] == [
        ("assistant", None),
        ("assistant", "Hm"),
    ]


def test_what_opens_the_conversation_is_one_system_turn() -> None:
    developer = {"role": "developer", "content": "Use metres."}
    shown = turns("Be brief.", developer, user("Hi"), developer)
    assert [(turn.role, turn.content) for turn in shown] == [
        ("system", "Be brief.\n\nUse metres."),
        ("user", "Hi"),
        ("system", "Use metres."),
    ]


def test_two_messages_of_one_role_stay_two() -> None:
    assert len(turns(None, user("a"), user("b"))) == 2
    said = {"role": "assistant", "content": "x"}
    assert len(turns(None, user("a"), said, said)) == 3


def test_the_oldest_turns_go_and_the_rest_begins_with_a_user() -> None:
    shown = turns("Be brief.", user("1"), CALL, RESULT, user("2"), CALL, RESULT, user("3"))
    fewer = without_oldest(shown)
    assert fewer is not None
    assert [turn.content for turn in fewer] == ["Be brief.", "2", "", "4", "3"]
    last = without_oldest(fewer)
    assert last is not None
    assert [turn.content for turn in last] == ["Be brief.", "3"]
    assert without_oldest(last) is None
    assert without_oldest(turns("Be brief.", user("3"))) is None


@pytest.mark.parametrize("budget", [0, 100, 400, 1000, 10**6])
def test_compacting_keeps_whole_turns_from_the_end(budget: int) -> None:
    given = [{"role": "system", "content": "S"}]
    for number in range(5):
        given += [user(f"u{number}"), {**CALL, "call_id": f"c{number}"}]
    items = read_items(given, new_response_id())
    kept = compacted(items, budget)
    assert kept[0] == items[0]
    assert kept[1:] == list(items[len(items) - len(kept) + 1 :])
    assert kept[1]["role"] == "user"
    if budget == 10**6:
        assert kept == list(items)


def test_an_items_id_names_its_response() -> None:
    name = new_response_id()
    ids = {
        output_item_id("msg", name, 0),
        output_item_id("rs", name, 1),
        input_item_id("msg", name, 0),
    }
    assert len(ids) == 3
    assert {response_of(each) for each in ids} == {name}
    assert response_of("msg_68a1") is None
    assert response_of(name) is None


def test_packed_reasoning_is_unpacked_and_another_servers_is_not() -> None:
    assert unseal(seal("é\n")) == ["é\n"]
    for foreign in (None, 7, "", "gAAAA=", "mlx1.é", "mlx1.$$$"):
        assert unseal(foreign) == []
