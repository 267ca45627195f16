"""What a reranker reads: the model's own template, its answer tokens, pairs with separators."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.embedding import (
    ClassLogits,
    RankingProfile,
    RankingRequest,
    TokenLogits,
)
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.engine.tokenizer import load_tokenizer
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.prompt.pairs import build_pairs
from tests.fakes.embedding_models import CLS, SEP, make_encoder, make_judge

TEMPLATE = (
    "{% for m in messages if m.role == 'system' %}[{{ m.content }}]{% endfor %}"
    "{% for m in messages if m.role == 'query' %}Q: {{ m.content }}{% endfor %}"
    "{% for m in messages if m.role == 'document' %} D: {{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %} ->{% endif %}"
)


def asked(**changes: Any) -> RankingRequest:
    return RankingRequest(ModelId("m"), LOCAL_OWNER, "why", ("so", "because"), **changes)


def handle_of(path: Path) -> ModelHandle:
    return ModelHandle(ModelId("m"), path, 1, load_tokenizer(path), 320, 2048, 0, 0)


@pytest.fixture
def judge(tmp_path: Path) -> ModelHandle:
    return handle_of(make_judge(tmp_path / "judge", yes=7, no=None))


def test_a_template_of_the_model_renders_the_roles_of_a_pair(judge: ModelHandle) -> None:
    profile = RankingProfile(True, 2048, (7,), TEMPLATE)
    decode: Callable[..., str] = judge.tokenizer.decode
    (first, second), readout = build_pairs(judge, profile, asked())
    assert decode(first.token_ids) == "Q: why D: so ->"
    assert decode(second.token_ids) == "Q: why D: because ->"
    assert readout == TokenLogits((7,))
    told, _ = build_pairs(judge, profile, asked(instruction="Be kind"))
    assert decode(told[0].token_ids) == "[Be kind]Q: why D: so ->"


def test_a_judge_without_tokens_for_yes_and_no_is_refused(judge: ModelHandle) -> None:
    with pytest.raises(BadRequest, match="yes and no"):
        build_pairs(judge, RankingProfile(True, 2048), asked())


def test_a_cross_encoder_reads_both_texts_with_its_separators(tmp_path: Path) -> None:
    handle = handle_of(make_encoder(tmp_path / "ranker", ranks=True))
    (pair, _), readout = build_pairs(handle, RankingProfile(False, 128), asked())
    why, so = (handle.tokenizer.encode(text, False) for text in ("why", "so"))
    assert pair.token_ids == (CLS, *why, SEP, *so, SEP)
    assert pair.second_at == 5
    assert readout == ClassLogits()
