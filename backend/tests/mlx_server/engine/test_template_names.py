"""What templates ask of their caller, read from their source."""

from pathlib import Path

import pytest

from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.template_names import read_template_names
from mlx_manager.mlx_server.engine.tokenizer import load_tokenizer
from tests.fakes.tiny_models import make_model

DEEPSEEK = "{% if not thinking is defined %}{% set thinking = false %}{% endif %}{{ thinking }}"
GPT_OSS = (
    "{%- if reasoning_effort is not defined %}{%- set reasoning_effort = 'medium' %}{% endif %}"
    "{{- 'Reasoning: ' + reasoning_effort }}"
)
PICKY = (
    "{%- macro turn(m) %}{% generation %}{{ m.thinking }}{% endgeneration %}{% endmacro %}"
    "{%- for m in messages %}{%- if loop.first %}{% continue %}{% endif %}{{ turn(m) }}{% endfor %}"
    "{%- if reasoning_effort not in ['none', 'high'] %}{{ raise_exception('no') }}{% endif %}"
)


def test_a_name_that_the_template_sets_when_nobody_gives_it_is_asked_for() -> None:
    assert read_template_names([DEEPSEEK]).variables == {"thinking"}
    names = read_template_names([GPT_OSS])
    assert names.variables == {"reasoning_effort"}
    assert "medium" in names.words


def test_a_turns_own_fields_are_not_arguments() -> None:
    names = read_template_names([PICKY])
    assert names.variables == {"messages", "reasoning_effort", "raise_exception"}
    assert {"none", "high"} <= names.words


@pytest.mark.parametrize(
    "source",
    [
        "{% for m in messages %}{{ m.thinking }}{% endfor %}",
        "{% for m in messages %}{{ m['thinking'] }}{% endfor %}",
        "{% for m in messages %}{{ m.get('thinking', '') }}{% endfor %}",
        "{% macro turn(m) %}{{ m.thinking | trim }}{% endmacro %}{{ turn(messages[0]) }}",
    ],
)
def test_what_a_template_reads_in_a_message_is_known(source: str) -> None:
    assert "thinking" in read_template_names([source]).fields
    assert "thinking" not in read_template_names([DEEPSEEK]).fields


def test_a_template_that_does_not_parse_asks_for_nothing() -> None:
    assert read_template_names(["{% if %}"]).variables == set()


def test_a_models_own_template_is_read(tmp_path: Path) -> None:
    backend.prepare()
    tokenizer = load_tokenizer(make_model(tmp_path / "thinker", thinks=True))
    assert "enable_thinking" in tokenizer.template_names.variables
