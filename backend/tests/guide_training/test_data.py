"""The generated data: the same every time, and nothing held out is ever trained on."""

import json
import re
from itertools import islice

from guide_training.draw import Draw, is_held
from guide_training.held_out import cases
from guide_training.kinds import tool_call
from guide_training.kinds.families import from_family
from guide_training.kinds.fresh import derived_name
from guide_training.kinds.guide import TOPICS, phrasing
from guide_training.mix import Conversation, drills, training
from guide_training.phrases import Phrases

PHRASE_FILES = ("repeat", "json_object", "refusal", "system", "tool_call")


def plain(text: str) -> str:
    """Return `text` without case, marks and spaces, so that near copies are equal."""
    return re.sub(r"[\W_]+", "", text.lower()) or text


def content(chat: Conversation) -> str:
    return json.dumps([chat.messages, chat.tools, chat.thinking])


def test_the_same_seed_gives_the_same_training_data() -> None:
    first = [content(chat) for chat in islice(training(3), 200)]
    assert first == [content(chat) for chat in islice(training(3), 200)]
    assert first != [content(chat) for chat in islice(training(4), 200)]


def test_the_held_out_cases_are_always_the_same() -> None:
    assert [content(case) for case in cases()] == [content(case) for case in cases()]
    assert len(cases()) >= 400


def test_no_held_out_phrasing_of_a_topic_is_trained_on() -> None:
    trained = {plain(phrase): topic.name for topic in TOPICS for phrase in topic.ask}
    clashes = {
        phrase: trained[plain(phrase)]
        for topic in TOPICS
        for phrase in topic.held
        if plain(phrase) in trained
    }
    assert clashes == {}


def test_every_topic_has_enough_phrasings_and_some_held_out() -> None:
    thin = [topic.name for topic in TOPICS if len(topic.ask) < 15 or len(topic.held) < 3]
    assert thin == []
    assert sum(topic.kind == "guide" for topic in TOPICS) >= 30


def test_no_trained_phrasing_belongs_to_two_topics() -> None:
    owners: dict[str, set[str]] = {}
    for topic in TOPICS:
        for phrase in topic.ask + topic.held:
            owners.setdefault(plain(phrase), set()).add(topic.name)
    assert {phrase: names for phrase, names in owners.items() if len(names) > 1} == {}


def test_held_out_shapes_of_asking_are_not_trained_on() -> None:
    for name in PHRASE_FILES:
        lists = Phrases(name).content
        for held in [key for key in lists if key.startswith("held_")]:
            shared = {plain(item) for item in lists[held]} & {
                plain(item) for item in lists[held.removeprefix("held_")]
            }
            assert shared == set(), f"{name}: {held}"
    for family in Phrases("tool_call").content["family"]:
        assert not set(family["names"]) & set(family.get("held_names", []))
        assert not {plain(item) for item in family["asks"]} & {
            plain(item) for item in family.get("held_asks", [])
        }


def test_what_tools_are_called_in_the_test_is_never_trained_on() -> None:
    families = Phrases("tool_call").content["family"]
    held = {name for family in families for name in family.get("held_names", [])}
    held |= {name for family in families if family.get("held") for name in family["names"]}
    trained = {
        tool["function"]["name"] for chat in islice(training(5), 4000) for tool in chat.tools
    }
    assert len(trained) > 2000
    assert held.isdisjoint(trained)


def test_a_tool_of_training_may_have_a_name_and_keys_nobody_could_guess() -> None:
    family = {"get_weather", "weather"}
    kits = [from_family(Draw(f"fresh-{index}", held=False)) for index in range(600)]
    assert len({kit.name for kit in kits} - family) > 250
    assert all(len({item.name for item in kit.parameters}) == len(kit.parameters) for kit in kits)


def test_a_derived_name_has_a_word_of_what_the_tool_is_for() -> None:
    known, about = ["get_weather", "forecast"], "Current weather in a place"
    names = {derived_name(Draw(f"d-{n}", held=False), known, about, {"x"}) for n in range(200)}
    assert len(names) > 50
    words = ("weather", "forecast", "current", "place")
    assert all(any(word in name.lower() for word in words) for name in names)


def test_turns_before_a_training_call_ask_for_tools_of_its_list() -> None:
    chats = [tool_call.make(Draw(f"others-{index}", held=False)) for index in range(300)]
    asked = [sum(len(item.get("tool_calls", [])) for item in chat.messages) for chat in chats]
    assert sum(asked) > 3 * len(chats)
    for chat in chats:
        offered = {tool["function"]["name"] for tool in chat.tools}
        called = {
            call["function"]["name"]
            for item in chat.messages
            for call in item.get("tool_calls", [])
        }
        assert called <= offered
    tested = [tool_call.make(Draw(f"others-{index}", held=True)) for index in range(100)]
    assert all(len(chat.messages) == 2 for chat in tested)


def test_other_words_never_make_a_held_out_phrasing() -> None:
    held = {plain(phrase) for topic in TOPICS for phrase in topic.held}
    draw = Draw("words", held=False)
    asked = {plain(phrasing(draw, draw.pick(TOPICS))) for _ in range(5000)}
    assert held.isdisjoint(asked)


def test_names_cities_and_made_up_words_are_split_by_value() -> None:
    trained, held = Draw("values", held=False), Draw("values", held=True)
    for sort in ("made_up", "listed:names", "listed:cities", "listed:nouns"):
        maker, _, argument = sort.partition(":")
        arguments = [argument] if argument else []
        values = {str(getattr(trained, maker)(*arguments)).lower() for _ in range(2000)}
        others = {str(getattr(held, maker)(*arguments)).lower() for _ in range(300)}
        assert values.isdisjoint(others), sort
        assert all(is_held(value) for value in others), sort


def test_no_training_question_equals_a_held_out_one() -> None:
    held = {
        plain(case.last.messages[0]["content"])
        for case in cases()
        if case.last.kind in ("guide", "smalltalk", "tool_call", "tool_result")
    }
    asked = {
        plain(message["content"])
        for chat in [*islice(training(7), 3000), *islice(drills(7), 500)]
        for message in chat.messages
        if message["role"] == "user"
    }
    assert held.isdisjoint(asked)


def test_every_call_fits_the_definition_of_its_tool() -> None:
    for chat in islice(training(11), 1500):
        offered = {tool["function"]["name"]: tool["function"] for tool in chat.tools}
        for message in chat.messages:
            for call in message.get("tool_calls") or []:
                schema = offered[call["function"]["name"]]["parameters"]
                arguments = json.loads(call["function"]["arguments"])
                assert set(schema["required"]) <= set(arguments) <= set(schema["properties"])
