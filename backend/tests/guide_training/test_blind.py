"""The second test: nothing of it is trained on."""

from itertools import islice

from guide_training.blind import blind
from guide_training.kinds.families import BLIND as FAMILIES
from guide_training.kinds.guide import BLIND, TOPICS
from guide_training.mix import training
from guide_training.paraphrase import plain
from guide_training.phrases import Phrases


def test_every_topic_is_asked_for_unless_training_asks_the_same() -> None:
    assert set(BLIND) == {topic.name for topic in TOPICS}
    assert sum(len(questions) > 0 for questions in BLIND.values()) > 90


def test_no_blind_question_is_trained_on_or_in_the_first_test() -> None:
    others = {plain(text) for topic in TOPICS for text in (*topic.ask, *topic.held)}
    assert others.isdisjoint(plain(text) for texts in BLIND.values() for text in texts)


def test_the_blind_families_are_in_no_other_list() -> None:
    known = [*Phrases("tool_call").content["family"], *Phrases("tool_call_more").content["family"]]
    names = {name for family in known for name in family["names"]}
    assert names.isdisjoint(name for family in FAMILIES for name in family["names"])
    blind_names = {name for family in FAMILIES for name in family["names"]}
    chats = islice(training(6), 3000)
    trained = {tool["function"]["name"] for chat in chats for tool in chat.tools}
    assert blind_names.isdisjoint(trained)


def test_the_blind_cases_are_always_the_same_and_of_every_kind() -> None:
    cases = blind()
    assert [case.messages for case in cases] == [case.messages for case in blind()]
    kinds = {case.last.kind for case in cases}
    assert kinds == {"guide", "json", "refusal", "repeat", "smalltalk", "tool_call", "tool_result"}
