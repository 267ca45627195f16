"""What an assistant thought in an earlier turn goes where the template looks for it."""

import json
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest, Message, ToolCall
from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.tokenizer import load_tokenizer
from mlx_manager.mlx_server.prompt.template import render
from tests.fakes.tokenizers import write_sentencepiece

# As gpt-oss' template does: the thought before a call is kept, and never stands beside a text.
GPT_OSS = (
    "{% for m in messages %}"
    "{% if m.role == 'assistant' and 'tool_calls' in m %}"
    "{% if m.content and m.thinking %}{{ raise_exception('not both') }}{% endif %}"
    "{% if m.content %}<|channel|>analysis<|message|>{{ m.content }}<|end|>"
    "{% elif m.thinking %}<|channel|>analysis<|message|>{{ m.thinking }}<|end|>{% endif %}"
    "<|start|>assistant to=functions.{{ m.tool_calls[0].function.name }}<|call|>"
    "{% elif 'thinking' in m %}<|channel|>analysis<|message|>{{ m.thinking + '<|end|>' }}"
    "{{ m.content }}{% else %}{{ m.content }}{% endif %}{% endfor %}"
)
QWEN = "{% for m in messages %}<think>{{ m.reasoning_content }}</think>{{ m.content }}{% endfor %}"
EITHER = "{% for m in messages %}{{ m.reasoning_content or m.thinking }}{% endfor %}"
BRIEF = "{% for m in messages %}({{ m.reasoning }}){% endfor %}"
CALL = ToolCall("call_1", "weather", "{}")
ANALYSIS = "<|channel|>analysis<|message|>"


def rendered(folder: Path, template: str, message: Message) -> str:
    """The prompt of one turn through a real tokenizer's template."""
    tokenizer = tokenizer_with(folder, template)
    request = GenerationRequest(RequestId("r"), ModelId("tiny"), LOCAL_OWNER, messages=(message,))
    return render(tokenizer, request, [message])


def tokenizer_with(folder: Path, template: str) -> Tokenizer:
    backend.prepare()
    path = write_sentencepiece(folder)
    settings = path / "tokenizer_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "chat_template": template}))
    return load_tokenizer(path)


def test_gpt_oss_keeps_the_thought_before_a_call(tmp_path: Path) -> None:
    turn = Message("assistant", "", reasoning="Ask the tool.", tool_calls=(CALL,))
    text = rendered(tmp_path, GPT_OSS, turn)
    assert text == f"{ANALYSIS}Ask the tool.<|end|><|start|>assistant to=functions.weather<|call|>"


def test_gpt_oss_loses_neither_thought_nor_text_before_a_call(tmp_path: Path) -> None:
    turn = Message("assistant", "I will look.", reasoning="Ask the tool.", tool_calls=(CALL,))
    text = rendered(tmp_path, GPT_OSS, turn)
    assert text.startswith(f"{ANALYSIS}Ask the tool.\n\nI will look.<|end|>")


@pytest.mark.parametrize(
    ("turn", "wanted"),
    [
        (Message("assistant", "Rain.", reasoning="I saw it."), f"{ANALYSIS}I saw it.<|end|>Rain."),
        (Message("assistant", "Rain."), "Rain."),
        (Message("assistant", "So.", tool_calls=(CALL,)), f"{ANALYSIS}So.<|end|>"),
    ],
)
def test_gpt_oss_is_told_a_thought_only_where_there_is_one(
    tmp_path: Path, turn: Message, wanted: str
) -> None:
    assert rendered(tmp_path, GPT_OSS, turn).startswith(wanted)


@pytest.mark.parametrize(
    ("template", "wanted"),
    [(QWEN, "<think>Hm.</think>Yes."), (EITHER, "Hm."), (BRIEF, "(Hm.)")],
)
def test_the_others_get_it_once_by_the_name_they_read(
    tmp_path: Path, template: str, wanted: str
) -> None:
    assert rendered(tmp_path, template, Message("assistant", "Yes.", reasoning="Hm.")) == wanted
