"""Where training tells the guide to look for what it copies."""

import json
from itertools import islice
from typing import Any

from guide_training.exchange import Exchange, Message, Tool
from guide_training.kinds.tool_call import call_message, thought_of
from guide_training.kinds.toolkit import Toolkit
from guide_training.looks import KEY, NAME, WORDS, Look
from guide_training.mix import Conversation, training
from guide_training.render import Sample, sample_of, text_of
from guide_training.shape import FOLDER
from guide_training.tokenizer import load

TOKENIZER = load(FOLDER)


def tool(name: str, *keys: str) -> Tool:
    schema = {"type": "object", "properties": {key: {"type": "string"} for key in keys}}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


def sample(messages: list[Message], tools: list[Tool], thinking: bool = False) -> Sample:
    chat = Conversation(messages, tools, thinking, Exchange("", [], ""))
    return sample_of(TOKENIZER, text_of(TOKENIZER, chat))


def asked(question: str, called: str, arguments: dict[str, Any], tools: list[Tool]) -> Sample:
    kit = Toolkit(called, "", [], "", arguments, "")
    return sample([{"role": "user", "content": question}, call_message([kit])], tools)


def copied(found: Sample, kind: int) -> str:
    """What the looks of `kind` copy, with a mark where there is nothing more to copy."""
    targets = [look.target for look in found.looks if look.kind == kind]
    words = (TOKENIZER.decode([found.ids[target]]) if target else "/" for target in targets)
    return "".join(words)


def before(found: Sample, kind: int) -> str:
    """What stands before the first thing that is looked at."""
    first = next(look for look in found.looks if look.kind == kind)
    return TOKENIZER.decode(found.ids[first.target - 4 : first.target])


def test_a_name_is_looked_for_at_the_end_of_its_line() -> None:
    found = asked("List it", "list_files", {}, [tool("send_mail"), tool("list_files")])
    assert copied(found, NAME) == "list_files/"
    assert before(found, NAME).endswith(" = ")


def test_a_thought_of_a_call_looks_for_the_name_too() -> None:
    kit = Toolkit("list_files", "", [], "", {}, "")
    thought = {**call_message([kit]), "reasoning_content": thought_of([kit])}
    found = sample([{"role": "user", "content": "List it"}, thought], [tool("list_files")], True)
    assert copied(found, NAME) == "list_files/list_files/"


def test_a_parameter_is_looked_for_in_the_line_of_its_tool() -> None:
    tools = [tool("send", "to", "text"), tool("call", "to")]
    found = asked("Call Anna", "call", {"to": "Anna"}, tools)
    assert copied(found, KEY) == "to/"
    assert before(found, KEY).endswith("call(")


def test_a_value_is_looked_for_in_the_question() -> None:
    arguments = {"to": "Anna Bell", "hour": 14}
    found = asked("At 14 call Anna Bell", "call", arguments, [tool("call", "to", "hour")])
    assert copied(found, WORDS) == "Anna Bell/14/"
    assert before(found, WORDS).endswith("call ")


def test_a_value_that_stands_in_two_places_or_none_is_not_looked_for() -> None:
    tools = [tool("call", "to")]
    assert copied(asked("Call Anna, Anna!", "call", {"to": "Anna"}, tools), WORDS) == ""
    assert copied(asked("Call Annabel!", "call", {"to": "Anna"}, tools), WORDS) == ""


def test_repeats_json_and_results_are_copied_too() -> None:
    say = sample(
        [{"role": "user", "content": "Say: red fox"}, {"role": "assistant", "content": "red fox"}],
        [],
    )
    assert copied(say, WORDS) == "red fox/"
    objects = [
        {"role": "user", "content": "JSON with name Anna and age 7"},
        {"role": "assistant", "content": json.dumps({"name": "Anna", "age": 7})},
    ]
    assert copied(sample(objects, []), WORDS) == "name/Anna/age/7/"
    kit = Toolkit("call", "", [], "", {}, "")
    told = [
        {"role": "user", "content": "Call"},
        call_message([kit]),
        {"role": "tool", "tool_call_id": "call_0", "content": '{"price": 12, "city": "Rome"}'},
        {"role": "assistant", "content": "The price is 12 and the city is Rome."},
    ]
    assert copied(sample(told, [tool("call")]), WORDS) == "price/12/city/Rome/"


def test_a_cut_sample_looks_for_nothing_that_it_does_not_write() -> None:
    found = asked("Call Anna", "call", {"to": "Anna"}, [tool("call", "to")])
    start = found.spans[-1][0]
    assert all(look.place < start + 6 for look in found.cut(6).looks)
    assert Look(NAME, *found.looks[0][1:]) in found.cut(6).looks


def test_whatever_is_looked_at_is_what_comes_next() -> None:
    for chat in islice(training(21), 150):
        found = sample_of(TOKENIZER, text_of(TOKENIZER, chat))
        said = {place for start, end in found.spans for place in range(start, end)}
        for look in found.looks:
            assert look.place + 1 in said
            assert look.target < look.place + 1
            assert not look.target or found.ids[look.target] == found.ids[look.place + 1]
