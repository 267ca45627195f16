"""Messages to token ids: templates, limits, and places to cut."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest, Message, ToolCall
from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.tokenizer import load_tokenizer
from mlx_manager.mlx_server.errors import BadRequest, ContextExceeded
from mlx_manager.mlx_server.prompt.build import build_prompt
from mlx_manager.mlx_server.prompt.segments import cut_points
from mlx_manager.mlx_server.prompt.template import opens_reasoning
from tests.fakes.tiny_models import make_model

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def handle(tmp_path_factory: pytest.TempPathFactory) -> ModelHandle:
    path = make_model(tmp_path_factory.mktemp("models") / "tiny")
    return handle_of(path)


def handle_of(path: Path) -> ModelHandle:
    backend.prepare()
    return ModelHandle(ModelId("tiny"), path, 1, load_tokenizer(path), 320, 2048, 0, 0)


def request(**fields: Any) -> GenerationRequest:
    return GenerationRequest(RequestId("r"), ModelId("tiny"), LOCAL_OWNER, **fields)


def chat(*turns: tuple[str, str], **fields: Any) -> GenerationRequest:
    return request(messages=tuple(Message(role, content) for role, content in turns), **fields)


async def test_messages_go_through_the_models_template(handle: ModelHandle) -> None:
    built = await build_prompt(handle, chat(("user", "hi")), 100)
    assert handle.tokenizer.decode(built.prompt.token_ids) == "user: hi\nassistant:"
    assert built.prompt.cut_points == (len(built.prompt),)
    assert built.max_tokens == 100


async def test_raw_text_and_token_ids_pass_as_they_are(handle: ModelHandle) -> None:
    text = await build_prompt(handle, request(text="hello"), 5)
    ids = await build_prompt(handle, request(token_ids=(1, 2, 3)), 5)
    assert handle.tokenizer.decode(text.prompt.token_ids) == "hello"
    assert ids.prompt.token_ids == (1, 2, 3)


async def test_the_answer_is_kept_within_the_context(handle: ModelHandle) -> None:
    built = await build_prompt(handle, request(text="x" * 2000, max_tokens=500), 100)
    assert built.max_tokens == 48


@pytest.mark.parametrize("length", [2048, 5000])
async def test_a_prompt_over_the_context_says_both_numbers(
    handle: ModelHandle, length: int
) -> None:
    with pytest.raises(ContextExceeded, match=rf"{length} tokens .* 2048"):
        await build_prompt(handle, request(text="x" * length), 100)


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"token_ids": ()}, {"token_ids": (320,)}, {"token_ids": (-1,)}],
)
async def test_what_is_no_prompt_is_refused(handle: ModelHandle, fields: Mapping[str, Any]) -> None:
    with pytest.raises(BadRequest):
        await build_prompt(handle, request(**fields), 100)


async def test_half_a_surrogate_pair_is_refused_in_words(handle: ModelHandle) -> None:
    with pytest.raises(BadRequest, match="surrogate"):
        await build_prompt(handle, chat(("user", "\ud800")), 100)


async def test_long_prompts_are_cut_after_the_system_prompt_and_before_the_last_turn(
    handle: ModelHandle,
) -> None:
    turns = [("system", "s" * 600), ("user", "one"), ("assistant", "two"), ("user", "three")]
    built = await build_prompt(handle, chat(*turns), 100)
    system = len("system: \n") + 600
    history = system + len("user: one\nassistant: two\n")
    assert built.prompt.cut_points == (system, history, len(built.prompt))


async def test_a_template_that_refuses_is_a_bad_request(tmp_path: Path) -> None:
    path = make_model(tmp_path / "strict")
    settings = (path / "tokenizer_config.json").read_text()
    strict = "{{ raise_exception('roles must alternate') }}"
    (path / "tokenizer_config.json").write_text(
        settings.replace("{% for message in messages %}", strict + "{% for message in messages %}")
    )
    with pytest.raises(BadRequest, match="roles must alternate"):
        await build_prompt(handle_of(path), chat(("user", "hi")), 100)


async def test_a_model_without_a_template_points_to_completions(tmp_path: Path) -> None:
    path = make_model(tmp_path / "base")
    (path / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<eos>"}'
    )
    with pytest.raises(BadRequest, match="/v1/completions"):
        await build_prompt(handle_of(path), chat(("user", "hi")), 100)


async def test_templates_get_tool_arguments_as_an_object(tmp_path: Path) -> None:
    path = make_model(tmp_path / "tools")
    settings = (path / "tokenizer_config.json").read_text()
    shown = "{{ messages[0].tool_calls[0].function.arguments.city }}"
    (path / "tokenizer_config.json").write_text(
        settings.replace("{% for message in messages %}", shown + "{% for message in messages %}")
    )
    call = ToolCall("call_1", "weather", '{"city": "Oslo"}')
    message = Message("assistant", "", tool_calls=(call,))
    built = await build_prompt(handle_of(path), request(messages=(message,)), 100)
    assert handle_of(path).tokenizer.decode(built.prompt.token_ids).startswith("Oslo")


def test_cut_points_rise_and_end_with_the_length() -> None:
    ids = [1, 2, 3, 4, 5]
    assert cut_points(ids, [[1, 2, 9], [1, 2, 3, 4], [7], ids, []]) == (2, 4, 5)


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("assistant:<think>\n", True),
        ("assistant:<think>\n\n</think>\n\n", False),
        ("<think>old</think> user: hi assistant:", False),
        ("user: what does <think> mean? assistant:", False),
    ],
)
def test_an_opened_reasoning_block_is_seen_at_the_end_only(text: str, opens: bool) -> None:
    assert opens_reasoning(_Marked(), text) is opens  # type: ignore[arg-type]


class _Marked:
    think_start = "<think>"
    think_end = "</think>"
