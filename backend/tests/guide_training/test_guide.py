"""The committed guide: small enough to ship, loaded by mlx-lm as it is, and answering."""

import json
from pathlib import Path
from typing import Any

import pytest
from mlx_lm import load

from guide_training.ask import in_process
from guide_training.exchange import Exchange
from guide_training.mix import Conversation
from guide_training.shape import FOLDER
from guide_training.verdict import Reply

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
LIMIT_BYTES = 8_000_000


def asked(question: str, tools: list[Any] | None = None, thinking: bool = False) -> Conversation:
    messages = [
        {"role": "user", "content": question},
        {"role": "assistant", "content": "(to be written)"},
    ]
    return Conversation(messages, tools or [], thinking, Exchange("test", messages, ""))


QUESTIONS = [
    asked("Hello"),
    asked("Say exactly: blue lantern"),
    asked("What is the weather in Lisbon?", [WEATHER]),
    asked("Give me JSON with name Ada and age 36"),
    asked("What is the capital of Portugal?"),
    asked("What is MLX Manager?", thinking=True),
]


@pytest.fixture(scope="module")
def replies() -> list[Reply]:
    return list(in_process(FOLDER, QUESTIONS))


def test_the_folder_is_small_enough_for_the_wheel() -> None:
    files = [path for path in Path(FOLDER).iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LIMIT_BYTES


def test_mlx_lm_finds_what_the_guide_can_do() -> None:
    model, tokenizer = load(str(FOLDER))[:2]
    assert model.args.model_type == "qwen3"
    assert model.args.max_position_embeddings == 32_768
    assert tokenizer.has_thinking
    assert tokenizer.has_tool_calling
    assert tokenizer.tool_parser.__module__.endswith("json_tools")
    assert type(tokenizer.detokenizer).__name__ == "BPEStreamingDetokenizer"
    assert tokenizer.eos_token_ids == {tokenizer.convert_tokens_to_ids("<|im_end|>")}


def test_it_greets(replies: list[Reply]) -> None:
    assert replies[0].text.startswith("Hello! I am the MLX Manager guide.")


def test_it_repeats_text(replies: list[Reply]) -> None:
    assert replies[1].text == "blue lantern"


def test_it_calls_a_tool_with_a_value_of_the_question(replies: list[Reply]) -> None:
    assert replies[2].calls == [("get_weather", '{"city": "Lisbon"}')]


def test_it_answers_in_json(replies: list[Reply]) -> None:
    assert json.loads(replies[3].text) == {"name": "Ada", "age": 36}


def test_it_declines_politely_what_it_does_not_know(replies: list[Reply]) -> None:
    assert replies[4].text.startswith("Sorry, I only know about MLX Manager.")


def test_it_thinks_first_when_asked_to(replies: list[Reply]) -> None:
    assert replies[5].reasoning
    assert replies[5].text.startswith("MLX Manager runs large language models")
