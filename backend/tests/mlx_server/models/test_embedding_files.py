"""What a model's files say of embeddings and ranking, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.embedding import Pooling
from mlx_manager.mlx_server.errors import BadRequest, InvalidModel
from mlx_manager.mlx_server.models.catalog import GUIDE_PATH
from mlx_manager.mlx_server.models.embedding_files import (
    read_embedding_profile,
    read_ranking_profile,
)
from tests.fakes.embedding_models import change_config, declare_embeddings, write_json
from tests.fakes.model_directory import write_model

Change = Callable[[Path], Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole model with the files of Qwen3-Embedding."""
    return declare_embeddings(write_model(tmp_path / "model"))


def pooling(**modes: Any) -> Change:
    return lambda path: write_json(path / "1_Pooling" / "config.json", modes)


def modules(*types: str) -> Change:
    return lambda path: write_json(path / "modules.json", [{"type": each} for each in types])


def config(**changes: Any) -> Change:
    return lambda path: change_config(path, **changes)


POOLINGS: list[tuple[Change, Pooling]] = [
    (lambda path: None, Pooling.LAST),
    (pooling(pooling_mode_lasttoken=False, pooling_mode_mean_tokens=True), Pooling.MEAN),
    (pooling(pooling_mode_cls_token=True, include_prompt=True), Pooling.CLS),
    (pooling(pooling_mode="lasttoken"), Pooling.LAST),
    (pooling(pooling_mode="mean"), Pooling.MEAN),
    (pooling(), Pooling.LAST),
    (lambda path: [pooling()(path), config(model_type="bert")(path)], Pooling.MEAN),
    (modules("sentence_transformers.base.modules.Transformer", "x.Pooling"), Pooling.LAST),
    (lambda path: (path / "modules.json").unlink(), Pooling.LAST),
]


@pytest.mark.parametrize(("change", "expected"), POOLINGS)
def test_pooling_is_what_the_files_say(folder: Path, change: Change, expected: Pooling) -> None:
    change(folder)
    assert read_embedding_profile(folder, "m").pooling is expected


REFUSED: list[tuple[Change, str]] = [
    (pooling(pooling_mode_max_tokens=True), "pooling_mode_max_tokens"),
    (pooling(pooling_mode_cls_token=True, pooling_mode_mean_tokens=True), "and"),
    (modules("a.Transformer", "a.Pooling", "a.Dense"), "'Dense'"),
    (modules("a.Transformer", "a.LogitScore"), "not an embedding model"),
    (config(use_bidirectional_attention=True), "looks ahead"),
    (config(is_causal=False), "looks ahead"),
]


@pytest.mark.parametrize(("change", "reason"), REFUSED)
def test_what_cannot_be_computed_is_refused(folder: Path, change: Change, reason: str) -> None:
    change(folder)
    with pytest.raises(BadRequest, match=reason) as refused:
        read_embedding_profile(folder, "m")
    assert refused.value.param == "model"


def test_broken_files_are_named(folder: Path) -> None:
    (folder / "modules.json").write_text("[", encoding="utf-8")
    with pytest.raises(InvalidModel, match=r"modules\.json"):
        read_embedding_profile(folder, "m")


def test_the_guide_neither_embeds_nor_ranks() -> None:
    with pytest.raises(BadRequest, match="not an embedding model"):
        read_embedding_profile(GUIDE_PATH, "mlx-manager/guide")
    with pytest.raises(BadRequest, match="not a reranker"):
        read_ranking_profile(GUIDE_PATH, "mlx-manager/guide")


def test_lengths_and_cuts(folder: Path) -> None:
    profile = read_embedding_profile(folder, "m")
    assert (profile.width, profile.max_tokens, profile.cuts) == (64, 4096, ())
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 256})
    change_config(folder, matryoshka_dimensions=[32, 16])
    profile = read_embedding_profile(folder, "m")
    assert (profile.max_tokens, profile.cuts) == (256, (32, 16))


def test_robertas_positions_begin_after_the_padding(folder: Path) -> None:
    change_config(folder, model_type="xlm-roberta", max_position_embeddings=514, pad_token_id=1)
    assert read_embedding_profile(folder, "m").max_tokens == 512


def test_a_judge_is_told_from_its_scores_or_its_card(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "judge")
    with pytest.raises(BadRequest, match="not a reranker"):
        read_ranking_profile(folder, "m")
    card = folder / "README.md"
    card.write_text("---\npipeline_tag: text-generation\n---\ntext-ranking\n", encoding="utf-8")
    with pytest.raises(BadRequest, match="not a reranker"):
        read_ranking_profile(folder, "m")
    card.write_text("---\nlicense: mit\ntags:\n- mlx\n- text-ranking\n---\n", encoding="utf-8")
    profile = read_ranking_profile(folder, "m")
    assert (profile.judges, profile.tokens, profile.template) == (True, None, None)
    modules("a.Transformer", "a.LogitScore")(folder)
    write_json(folder / "1_LogitScore" / "config.json", {"true_token_id": 7, "false_token_id": 3})
    template = "{{ messages | selectattr('role', 'eq', 'document') | first }}"
    (folder / "additional_chat_templates").mkdir()
    (folder / "additional_chat_templates" / "reranker.jinja").write_text(template, "utf-8")
    profile = read_ranking_profile(folder, "m")
    assert (profile.tokens, profile.template) == ((7, 3), template)


def test_a_cross_encoder_has_one_score_and_a_head_we_know(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "ranker")
    change_config(
        folder,
        model_type="bert",
        architectures=["BertForSequenceClassification"],
        id2label={"0": ""},
    )
    assert not read_ranking_profile(folder, "m").judges
    change_config(folder, id2label={"0": "", "1": ""})
    with pytest.raises(BadRequest, match="2 classes"):
        read_ranking_profile(folder, "m")
    change_config(folder, model_type="qwen3")
    with pytest.raises(BadRequest, match="not supported"):
        read_ranking_profile(folder, "m")
