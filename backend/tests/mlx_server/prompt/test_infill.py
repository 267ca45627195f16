"""Filling in the middle: the order and the tokens that each family was trained on."""

from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.tokenizer import load_tokenizer
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.prompt.build import BuiltPrompt, build_prompt
from tests.fakes.tiny_models import make_model
from tests.fakes.tokenizers import BEGIN, add_tokens, write_sentencepiece

pytestmark = pytest.mark.anyio

BEFORE, AFTER = "def add(a, b):\n    ", "\n    return total"
DEEPSEEK = (
    "<\uff5cfim\u2581begin\uff5c>",
    "<\uff5cfim\u2581hole\uff5c>",
    "<\uff5cfim\u2581end\uff5c>",
)
BYTE_LEVEL = {
    "qwen": (
        ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>"),
        f"<|fim_prefix|>{BEFORE}<|fim_suffix|>{AFTER}<|fim_middle|>",
        ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>"),
    ),
    "starcoder": (
        ("<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<file_sep>"),
        f"<fim_prefix>{BEFORE}<fim_suffix>{AFTER}<fim_middle>",
        ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>"),
    ),
    "santacoder": (
        ("<fim-prefix>", "<fim-middle>", "<fim-suffix>"),
        f"<fim-prefix>{BEFORE}<fim-suffix>{AFTER}<fim-middle>",
        ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    ),
    "deepseek": (
        DEEPSEEK,
        f"{DEEPSEEK[0]}{BEFORE}{DEEPSEEK[1]}{AFTER}{DEEPSEEK[2]}",
        DEEPSEEK,
    ),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "plain")


@pytest.fixture
def folder(tmp_path: Path, plain: Path) -> Path:
    """A byte-level tokenizer of the test's own."""
    for file in plain.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def handle_of(path: Path) -> ModelHandle:
    backend.prepare()
    return ModelHandle(ModelId("tiny"), path, 1, load_tokenizer(path), 1000, 2048, 0, 0)


async def gap(handle: ModelHandle, **fields: Any) -> BuiltPrompt:
    given = {"text": BEFORE, "suffix": AFTER, **fields}
    request = GenerationRequest(RequestId("r"), ModelId("tiny"), LOCAL_OWNER, **given)
    return await build_prompt(handle, request, 100)


def pieces(handle: ModelHandle, ids: tuple[int, ...]) -> list[str]:
    tokenizer: Any = handle.tokenizer
    return [tokenizer._wrapper.convert_ids_to_tokens(each) for each in ids]


@pytest.mark.parametrize("family", BYTE_LEVEL)
async def test_the_texts_stand_between_the_familys_own_tokens(folder: Path, family: str) -> None:
    tokens, wanted, stops = BYTE_LEVEL[family]
    add_tokens(folder, *tokens)
    handle = handle_of(folder)
    built = await gap(handle)
    assert handle.tokenizer.decode(built.prompt.token_ids) == wanted
    assert built.prompt.token_ids == tuple(handle.tokenizer.encode(wanted))
    assert built.stops == stops


async def test_what_begins_every_text_comes_first_and_once(folder: Path) -> None:
    add_tokens(folder, BEGIN, *DEEPSEEK, begins=True)
    handle = handle_of(folder)
    ids = (await gap(handle)).prompt.token_ids
    assert handle.tokenizer.decode(ids) == BEGIN + BYTE_LEVEL["deepseek"][1]


async def test_token_ids_stand_before_the_gap_as_they_are(folder: Path) -> None:
    add_tokens(folder, *BYTE_LEVEL["qwen"][0])
    handle = handle_of(folder)
    ids = tuple(handle.tokenizer.encode(BEFORE))
    assert (await gap(handle, text=None, token_ids=ids)).prompt == (await gap(handle)).prompt


async def test_codellama_has_a_space_before_the_first_text_and_none_before_the_second(
    tmp_path: Path,
) -> None:
    tokens = [f"\u2581<{name}>" for name in ("PRE", "SUF", "MID", "EOT")]
    handle = handle_of(write_sentencepiece(tmp_path, *tokens))
    built = await gap(handle, text="if x", suffix="y z")
    said = ["\u2581", "i", "f", "\u2581", "x"]
    wanted = [BEGIN, tokens[0], *said, tokens[1], "y", "\u2581", "z", tokens[2]]
    assert pieces(handle, built.prompt.token_ids) == wanted
    assert set(built.stops) >= {" <EOT>", "<EOT>"}


async def test_codestral_reads_the_suffix_first_and_has_no_token_after_both(
    tmp_path: Path,
) -> None:
    handle = handle_of(write_sentencepiece(tmp_path, "[PREFIX]", "[MIDDLE]", "[SUFFIX]"))
    built = await gap(handle, text="if x", suffix=" y")
    wanted = [BEGIN, "[SUFFIX]", "\u2581", "y", "[PREFIX]", "\u2581", "i", "f", "\u2581", "x"]
    assert pieces(handle, built.prompt.token_ids) == wanted
    assert built.stops == ()  # row[PREFIX] may stand in a program


@pytest.mark.parametrize("tokens", [(), ("<|fim_prefix|>", "<|fim_suffix|>"), ("[PREFIX]",)])
async def test_a_tokenizer_without_them_is_refused(folder: Path, tokens: tuple[str, ...]) -> None:
    if tokens:
        add_tokens(folder, *tokens)
    with pytest.raises(BadRequest, match="cannot fill in the middle") as refused:
        await gap(handle_of(folder))
    assert refused.value.param == "suffix"


async def test_half_a_surrogate_pair_is_refused_in_words(folder: Path) -> None:
    add_tokens(folder, *DEEPSEEK)
    with pytest.raises(BadRequest, match="surrogate"):
        await gap(handle_of(folder), suffix="\ud800")
