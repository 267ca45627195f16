"""What the compiler keeps: vocabularies of few residences, and the grammars made for them."""

from array import array
from dataclasses import replace
from typing import Any

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.request import GrammarKind, GrammarSpec
from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.tokenizer import TextCodec, load_tokenizer
from mlx_manager.mlx_server.output.grammar import KEPT_VOCABULARIES, GrammarCompiler
from tests.fakes.tiny_models import make_model

YES_OR_NO = GrammarSpec(GrammarKind.REGEX, "yes|no")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each vocabulary that is made."""
    widths: list[int] = []
    make = TextCodec.grammar_vocabulary

    def counting(self: TextCodec, size: int) -> Any:
        widths.append(size)
        return make(self, size)

    monkeypatch.setattr(TextCodec, "grammar_vocabulary", counting)
    return widths


@pytest.fixture(scope="module")
def handle(tmp_path_factory: pytest.TempPathFactory) -> ModelHandle:
    backend.prepare()
    path = make_model(tmp_path_factory.mktemp("models") / "tiny")
    return ModelHandle(ModelId("tiny"), path, 1, load_tokenizer(path), 320, 2048, 0, 0)


def compile_for(compiler: GrammarCompiler, handle: ModelHandle, generation: int) -> None:
    residence = replace(handle, generation=generation)
    compiler.compile(residence, YES_OR_NO, opens_reasoning=False)


def test_the_vocabularies_of_former_residences_are_let_go(
    handle: ModelHandle, made: list[int]
) -> None:
    compiler = GrammarCompiler()
    generations = range(KEPT_VOCABULARIES + 1)
    for generation in generations:
        compile_for(compiler, handle, generation)
    assert len(made) == len(generations)
    compile_for(compiler, handle, generations[-1])
    assert len(made) == len(generations)
    compile_for(compiler, handle, generations[0])
    assert len(made) == len(generations) + 1


def test_the_one_in_use_stays(handle: ModelHandle, made: list[int]) -> None:
    compiler = GrammarCompiler()
    for generation in range(1, 2 * KEPT_VOCABULARIES):
        compile_for(compiler, handle, 0)
        compile_for(compiler, handle, generation)
    assert len(made) == 2 * KEPT_VOCABULARIES


def test_a_vocabulary_takes_its_grammars_with_it(handle: ModelHandle) -> None:
    compiler = GrammarCompiler()
    for generation in range(KEPT_VOCABULARIES + 3):
        compile_for(compiler, handle, generation)
    kept = {key.generation for key in compiler._compiled}
    assert kept == set(range(3, KEPT_VOCABULARIES + 3))


def test_a_grammar_handed_out_works_on_when_its_vocabulary_is_gone(handle: ModelHandle) -> None:
    compiler = GrammarCompiler()
    grammar = compiler.compile(handle, YES_OR_NO, opens_reasoning=False)
    for generation in range(2, KEPT_VOCABULARIES + 3):
        compile_for(compiler, handle, generation)
    assert all(grammar.consume(token) for token in handle.tokenizer.encode("yes"))
    words = array("i", [0] * (320 // 32))
    grammar.fill_mask(memoryview(words))
    assert [at for at in range(320) if words[at // 32] >> at % 32 & 1] == [256]  # the end alone
