"""What an answer to a probe is taken for."""

from typing import Any

import pytest

from mlx_manager.mlx_server.core.events import Finished, FinishReason, Usage
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import ToolCall
from mlx_manager.mlx_server.generate import Completion
from mlx_manager.mlx_server.models.capabilities import Capabilities
from mlx_manager.services.probe_checks import (
    MOST_SHOWN,
    judge_call,
    judge_reasoning,
    judge_schema,
    judge_scores,
    judge_text,
    judge_vectors,
    text_checks,
)


def answer(text: str = "", reasoning: str = "", *calls: ToolCall) -> Completion:
    return Completion(text, reasoning, calls, Finished(FinishReason.STOP, Usage(1, 1)))


def call(arguments: str, name: str = "get_weather") -> Completion:
    return answer("", "", ToolCall("1", name, arguments))


def test_anything_that_can_be_read_is_text() -> None:
    assert judge_text(answer("Red.")).passed
    assert judge_text(answer("", "Hmm.")).passed
    assert not judge_text(answer(" \n")).passed
    assert len(judge_text(answer("word " * 1000)).detail) < MOST_SHOWN + 50


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ('{"city": "Oslo", "inhabitants": 7}', True),
        ('{"city": "Paris", "inhabitants": 7}', False),
        ('{"city": "Oslo", "inhabitants": true}', False),
        ('{"city": "Oslo", "inhabitants": "7"}', False),
        ('{"city": "Oslo"}', False),
        ('{"city": "Oslo", "inhabitants": 7, "more": 1}', False),
        ('["Oslo", 7]', False),
        ('{"city": "Oslo", "inhab', False),
        ("Oslo", False),
    ],
)
def test_a_schema_is_followed_or_not(text: str, passed: bool) -> None:
    assert judge_schema(answer(text)).passed is passed


@pytest.mark.parametrize(
    ("completion", "passed"),
    [
        (call('{"city": "Oslo"}'), True),
        (call('{"city": "Oslo", "unit": "C"}'), True),
        (call('{"city": 7}'), False),
        (call("{}"), False),
        (call("[]"), False),
        (call('{"city": '), False),
        (call('{"city": "Oslo"}', name="get_time"), False),
        (answer("It is sunny."), False),
    ],
)
def test_a_call_is_the_tools_or_not(completion: Completion, passed: bool) -> None:
    assert judge_call(completion).passed is passed


def test_reasoning_is_what_stands_apart_from_the_answer() -> None:
    assert judge_reasoning(answer("42", "Ten and seven.")).passed
    assert not judge_reasoning(answer("Ten and seven. 42")).passed


def test_vectors_are_numbers_and_near_where_the_meaning_is() -> None:
    assert judge_vectors([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]).passed
    assert not judge_vectors([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1]]).passed
    assert not judge_vectors([[1.0, 0.0], [float("nan"), 0.1], [0.0, 1.0]]).passed


def test_what_answers_scores_more() -> None:
    assert judge_scores([0.9, 0.1]).passed
    assert not judge_scores([0.1, 0.9]).passed


@pytest.mark.parametrize(
    ("can", "names"),
    [
        ({"chat": True}, ["text", "schema"]),
        (
            {"chat": True, "tools": True, "reasoning": True},
            ["text", "schema", "tools", "reasoning"],
        ),
        ({}, ["text"]),
    ],
)
def test_only_what_the_files_promise_is_tried(can: dict[str, Any], names: list[str]) -> None:
    checks = text_checks(ModelId("m"), LOCAL_OWNER, "r", Capabilities(4096, **can))
    assert [check.name.value for check in checks] == names
    for check in checks:
        given = (check.request.messages, check.request.text, check.request.token_ids)
        assert sum(each is not None for each in given) == 1
