"""BERT's family through mlx-embeddings: our batches against its own answer to each text alone."""

import asyncio
import sys
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.embedding import (
    ClassLogits,
    EmbedSpec,
    Passage,
    Pooling,
    UnitVector,
)
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.errors import InvalidModel
from tests.fakes.embedding_models import make_encoder, write_json
from tests.mlx_server.engine.conftest import load

pytestmark = pytest.mark.anyio

TEXTS = ("hi", "a text of some length", "and one that is a little longer than that", "end")


async def test_bert_embeds_as_mlx_embeddings_does_one_at_a_time(
    engine: Engine, tmp_path: Path
) -> None:
    path = make_encoder(tmp_path / "bert")
    handle = await load(engine, path)
    assert not handle.generates
    ids = [handle.tokenizer.encode(text) for text in TEXTS]
    spec = EmbedSpec(handle, tuple(Passage(tuple(i)) for i in ids), UnitVector(Pooling.MEAN))
    vectors = await engine.embed(spec)
    expected = await asyncio.to_thread(_bert, path, ids)
    for vector, wanted in zip(vectors, expected, strict=True):
        assert list(vector) == pytest.approx(wanted, abs=1e-5)


def _bert(path: Path, texts: list[list[int]]) -> list[list[float]]:
    import mlx.core as mx  # noqa: PLC0415
    from mlx_embeddings.utils import load_model  # noqa: PLC0415

    model = load_model(path)
    return [model(mx.array([ids])).text_embeds[0].tolist() for ids in texts]


async def test_a_cross_encoder_scores_pairs_with_its_own_head(
    engine: Engine, tmp_path: Path
) -> None:
    path = make_encoder(tmp_path / "ranker", ranks=True)
    handle = await load(engine, path)
    pairs = [handle.tokenizer.encode_pair("what is it", text) for text in TEXTS]
    passages = tuple(Passage(tuple(ids), second_at) for ids, second_at in pairs)
    scores = await engine.embed(EmbedSpec(handle, passages, ClassLogits()))
    expected = await asyncio.to_thread(_scores, path, pairs)
    assert [score[0] for score in scores] == pytest.approx(expected, abs=1e-4)
    assert len({round(score, 4) for score in expected}) == len(TEXTS)


def _scores(path: Path, pairs: list[tuple[list[int], int]]) -> list[float]:
    """mlx-embeddings' BERT with its pooler, and the classifier on top by hand."""
    import json  # noqa: PLC0415

    import mlx.core as mx  # noqa: PLC0415
    from mlx_embeddings.models import bert  # noqa: PLC0415

    weights = mx.load(str(path / "model.safetensors"))
    assert isinstance(weights, dict)
    model = bert.Model(bert.ModelArgs.from_dict(json.loads((path / "config.json").read_text())))
    head = {name: weights.pop(name) for name in ("classifier.weight", "classifier.bias")}
    model.load_weights([(name.removeprefix("bert."), array) for name, array in weights.items()])
    model.eval()
    scores = []
    for ids, second_at in pairs:
        kinds = mx.array([[int(at >= second_at) for at in range(len(ids))]])
        pooled = model(mx.array([ids]), kinds).pooler_output[0]
        scores.append(float(head["classifier.weight"][0] @ pooled + head["classifier.bias"][0]))
    return scores


@pytest.mark.parametrize("family", ["xlm-roberta", "roberta"])
async def test_robertas_positions_skip_padding(engine: Engine, tmp_path: Path, family: str) -> None:
    path = make_encoder(tmp_path / family, model_type=family, pad_token_id=1, type_vocab_size=1)
    handle = await load(engine, path)
    passages = tuple(Passage(tuple(handle.tokenizer.encode(text))) for text in TEXTS)
    together = await engine.embed(EmbedSpec(handle, passages, UnitVector(Pooling.CLS)))
    for passage, vector in zip(passages, together, strict=True):
        (alone,) = await engine.embed(EmbedSpec(handle, (passage,), UnitVector(Pooling.CLS)))
        assert list(vector) == pytest.approx(list(alone), abs=1e-5)


async def test_without_the_extra_the_error_names_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_encoder(tmp_path / "bert")
    # What Python itself does for a package that is not there.
    monkeypatch.setitem(sys.modules, "mlx_embeddings.models.bert", None)
    with pytest.raises(InvalidModel, match=r'pip install "mlx-manager\[embeddings\]"'):
        await load(engine, path)


async def test_a_broken_encoder_names_its_file(engine: Engine, tmp_path: Path) -> None:
    path = make_encoder(tmp_path / "bert")
    write_json(path / "config.json", {"model_type": "bert", "vocab_size": 320})
    with pytest.raises(InvalidModel, match=r"config\.json"):
        await load(engine, path)
