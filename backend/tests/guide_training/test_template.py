"""The chat template: usual chats as trained on, odd but legal ones without a failure."""

from typing import Any

import pytest

from guide_training.score import FOLDER
from guide_training.tokenizer import load

TOKENIZER = load(FOLDER)
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather.\nMore words that are left out.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"enum": ["celsius", "fahrenheit"]},
            },
            "required": ["city"],
        },
    },
}


def render(messages: list[dict[str, Any]], **options: Any) -> str:
    options.setdefault("add_generation_prompt", True)
    return str(TOKENIZER.apply_chat_template(messages, tokenize=False, **options))


def test_a_chat_with_tools_reads_as_trained_on() -> None:
    text = render(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Weather in Oslo?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"function": {"name": "get_weather", "arguments": {"city": "Oslo"}}}
                ],
            },
            {"role": "tool", "content": '{"temperature": 4}'},
        ],
        tools=[WEATHER],
    )
    assert text == (
        "<|im_start|>system\nBe brief.\n\n# Tools\n"
        "get_weather(city: string, unit?: celsius|fahrenheit): Get the weather. = get_weather\n"
        "<|im_end|>\n"
        "<|im_start|>user\nWeather in Oslo?<|im_end|>\n"
        '<|im_start|>assistant\n<tool_call>\n{"name": "get_weather", "arguments": '
        '{"city": "Oslo"}}\n</tool_call><|im_end|>\n'
        '<|im_start|>tool\n<tool_response>\n{"temperature": 4}\n</tool_response><|im_end|>\n'
        "<|im_start|>assistant\n"
    )


def test_arguments_as_text_and_as_an_object_render_alike() -> None:
    def chat(arguments: Any) -> list[dict[str, Any]]:
        call = {"type": "function", "function": {"name": "f", "arguments": arguments}}
        return [{"role": "assistant", "content": None, "tool_calls": [call]}]

    assert render(chat('{"a": 1, "b": "é"}')) == render(chat({"a": 1, "b": "é"}))
    assert '"arguments": {}}' in render(chat(""))
    assert '"arguments": {}}' in render(chat(None))


def test_thinking_is_asked_for_only_when_wanted() -> None:
    hello = [{"role": "user", "content": "Hello"}]
    assert render(hello).endswith("<|im_start|>assistant\n")
    assert render(hello, enable_thinking=False).endswith("<|im_start|>assistant\n")
    assert render(hello, enable_thinking=True).endswith("<|im_start|>assistant<|think|>\n")


def test_earlier_turns_stay_as_they_were_generated() -> None:
    first = [{"role": "user", "content": "Hello"}]
    answer = {"role": "assistant", "content": "Hi!", "reasoning_content": "A greeting."}
    asked = render(first, enable_thinking=True)
    later = render([*first, answer, {"role": "user", "content": "Bye"}])
    assert later.startswith(asked + "<think>\nA greeting.\n</think>\n\nHi!<|im_end|>\n")


ODD_CHATS: list[list[dict[str, Any]]] = [
    [{"role": "user", "content": None}],
    [{"role": "user"}],
    [{"role": "user", "content": ""}],
    [{"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url"}, "x"]}],
    [{"role": "user", "content": {"a": 1}}],
    [{"role": "user", "content": 5}],
    [{"role": "system", "content": "A"}, {"role": "system", "content": "B"}],
    [{"role": "user", "content": "Hi"}, {"role": "system", "content": "late"}],
    [{"role": "developer", "content": "A"}, {"role": "user", "content": "Hi"}],
    [{"role": "system", "content": [{"type": "text", "text": "A"}]}],
    [{"role": "assistant", "content": "first"}, {"role": "assistant", "content": "second"}],
    [{"role": "assistant", "content": "x", "tool_calls": []}],
    [{"role": "assistant", "content": None, "tool_calls": [{"name": "f", "arguments": {}}]}],
    [{"role": "tool", "content": [{"type": "text", "text": "ok"}], "tool_call_id": "1"}],
    [{"role": "function", "name": "f", "content": None}],
]
ODD_TOOLS: list[Any] = [
    {"type": "function", "function": {"name": "f"}},
    {"type": "function", "function": {"name": "f", "parameters": None, "description": None}},
    {"type": "function", "function": {"name": "f", "parameters": {}}},
    {"name": "f", "description": "d", "input_schema": {"properties": {"a": {"type": "string"}}}},
    {"type": "function", "function": {"name": "f", "parameters": {"properties": {"a": True}}}},
    {"function": {"name": "f", "parameters": {"properties": {"items": {"type": ["a", "null"]}}}}},
    {"function": {"name": "f", "parameters": {"properties": {"a": {"anyOf": []}}, "required": 1}}},
    {"function": {"name": "f", "parameters": {"properties": {"a": {"enum": [1, None, "x"]}}}}},
    {"type": "web_search"},
    {},
]


@pytest.mark.parametrize("messages", ODD_CHATS)
def test_odd_messages_render(messages: list[dict[str, Any]]) -> None:
    for tools in (None, [], [WEATHER]):
        assert "<|im_start|>" in render(messages, tools=tools)


@pytest.mark.parametrize("tool", ODD_TOOLS)
def test_odd_tools_render(tool: Any) -> None:
    assert "# Tools" in render([{"role": "user", "content": "Hi"}], tools=[tool])
