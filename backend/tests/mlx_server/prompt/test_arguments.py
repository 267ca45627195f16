"""An effort and a switch in the words of whoever wrote the template."""

import pytest

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.model import TemplateNames
from mlx_manager.mlx_server.prompt.arguments import effort_word, template_arguments

GPT_OSS = TemplateNames(frozenset({"messages", "reasoning_effort"}), frozenset({"medium", "user"}))
NONE_OR_HIGH = TemplateNames(frozenset({"reasoning_effort"}), frozenset({"none", "high", "user"}))
QWEN = TemplateNames(frozenset({"messages", "enable_thinking"}), frozenset({"none"}))
DEEPSEEK = TemplateNames(frozenset({"messages", "thinking"}))


@pytest.mark.parametrize(
    ("effort", "usual", "two"),
    [
        ("none", "low", "none"),
        ("minimal", "low", "none"),
        ("low", "low", "high"),
        ("medium", "medium", "high"),
        ("xhigh", "high", "high"),
        ("max", "high", "high"),
    ],
)
def test_an_effort_is_the_nearest_word_that_the_template_knows(
    effort: str, usual: str, two: str
) -> None:
    assert effort_word(Effort(effort), GPT_OSS.words) == usual
    assert effort_word(Effort(effort), NONE_OR_HIGH.words) == two


def test_a_template_that_names_the_word_itself_gets_it() -> None:
    assert effort_word(Effort.MAX, {"max"}) == "max"


def test_an_effort_is_told_only_to_a_template_that_asks_for_one() -> None:
    assert template_arguments({}, Effort.HIGH, QWEN) == {}
    assert template_arguments({}, Effort.HIGH, GPT_OSS) == {"reasoning_effort": "high"}
    assert template_arguments({}, None, GPT_OSS) == {}


def test_what_the_caller_says_outright_is_passed_as_it_is() -> None:
    said = {"reasoning_effort": "enormous"}
    assert template_arguments(said, Effort.LOW, GPT_OSS) == said


def test_the_switch_has_the_templates_own_name() -> None:
    said = {"enable_thinking": False}
    assert template_arguments(said, None, QWEN) == said
    assert template_arguments(said, None, DEEPSEEK) == {**said, "thinking": False}
    outright = {**said, "thinking": True}
    assert template_arguments(outright, None, DEEPSEEK) == outright
