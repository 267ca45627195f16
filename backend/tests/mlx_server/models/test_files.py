"""A broken directory is found out before anything is loaded, and told by file and reason."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.mlx_server.errors import InvalidModel, ModelNotFound
from mlx_manager.mlx_server.models.catalog import Catalog
from mlx_manager.mlx_server.models.files import inspect
from tests.fakes.tiny_models import make_model

Damage = Callable[[Path], object]


def cut(path: Path, keep: float) -> None:
    data = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(data[: int(len(data) * keep)])


def write_index(path: Path) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (path / "model.safetensors.index.json").write_text(json.dumps(index))


def dangle(path: Path) -> None:
    (path / "model.safetensors").unlink()
    (path / "model.safetensors").symlink_to(path / "no-such-blob")


BROKEN: list[tuple[str, Damage, object, str]] = [
    ("no config", lambda p: (p / "config.json").unlink(), "config.json", "missing"),
    ("bad config", lambda p: (p / "config.json").write_text("{"), "config.json", "JSON"),
    ("config is a list", lambda p: (p / "config.json").write_text("[]"), "config.json", "type"),
    (
        "binary config",
        lambda p: (p / "config.json").write_bytes(b"\xff\xfe"),
        "config.json",
        "JSON",
    ),
    ("no weights", lambda p: (p / "model.safetensors").unlink(), None, "no weights"),
    ("no tokenizer", lambda p: (p / "tokenizer.json").unlink(), None, "tokenizer"),
    ("half the weights", lambda p: cut(p, 0.5), "model.safetensors", "cut short"),
    ("almost all", lambda p: cut(p, 0.999), "model.safetensors", "cut short"),
    ("empty weights", lambda p: cut(p, 0), "model.safetensors", "cut short"),
    ("half a header", lambda p: cut(p, 0.001), "model.safetensors", "cut short"),
    ("a missing shard", write_index, "model-00002-of-00002.safetensors", "missing"),
    ("a dangling link", dangle, "model.safetensors", "nowhere"),
]


@pytest.mark.parametrize(("damage", "file", "reason"), [row[1:] for row in BROKEN])
def test_a_broken_model_is_named_by_file_and_reason(
    tmp_path: Path, damage: Damage, file: object, reason: str
) -> None:
    path = make_model(tmp_path / "model")
    damage(path)
    with pytest.raises(InvalidModel, match=reason) as found:
        inspect(path)
    assert str(path / file if isinstance(file, str) else path) in found.value.message


def odd_quantization(path: Path) -> None:
    config = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps({**config, "quantization": {"bits": "4bit"}}))


ODD: list[Damage] = [
    odd_quantization,
    lambda p: (p / "model.safetensors.index.json").write_text("[]"),
    lambda p: (p / "model.safetensors.index.json").write_text('{"weight_map": {"a": ["b"]}}'),
    lambda p: (p / "model-2.safetensors").mkdir(),
    lambda p: (p.parent.parent / "refs" / "main").write_bytes(b"\xff\xfe"),
]


@pytest.mark.parametrize("damage", ODD)
def test_one_odd_directory_hides_nobody(tmp_path: Path, damage: Damage) -> None:
    make_model(tmp_path / "models--org--whole" / "snapshots" / "rev")
    odd = make_model(tmp_path / "models--org--odd" / "snapshots" / "rev")
    (odd.parent.parent / "refs").mkdir()
    damage(odd)
    found = {model.id: model.problem for model in Catalog(tmp_path).models()}
    assert found[ModelId("org/whole")] is None
    assert "org/odd" in found
    with pytest.raises(ModelNotFound, match="org/whole"):
        Catalog(tmp_path).locate(ModelId("org/none"))


def test_a_whole_model_is_measured_from_its_headers(tmp_path: Path) -> None:
    files = inspect(make_model(tmp_path / "model"))
    on_disk = (tmp_path / "model" / "model.safetensors").stat().st_size
    assert 0 < on_disk - files.weights_bytes < 8192
    assert files.float32_bytes == files.weights_bytes
    assert files.context_length == 2048


def test_the_cache_is_listed_with_what_is_wrong_with_whom(tmp_path: Path) -> None:
    whole = tmp_path / "models--org--whole" / "snapshots" / "rev"
    make_model(whole)
    cut(make_model(tmp_path / "models--org--part" / "snapshots" / "rev"), 0.5)
    (tmp_path / "models--org--empty").mkdir()
    (tmp_path / "datasets--org--data").mkdir()
    catalog = Catalog(tmp_path)
    found = {model.id: model.problem for model in catalog.models()}
    assert found[ModelId("org/whole")] is None
    assert "cut short" in (found[ModelId("org/part")] or "")
    assert set(found) == {GUIDE_MODEL_ID, "org/whole", "org/part"}
    assert catalog.locate(ModelId("org/whole")) == whole


@pytest.mark.parametrize(
    "name",
    ["no/such", "", "../etc", "/etc", "~", "a" * 5000, "a\0b", "\ud800", "..", "org/../whole", "."],
)
def test_an_unknown_name_says_what_is_available(tmp_path: Path, name: str) -> None:
    make_model(tmp_path / "models--org--whole" / "snapshots" / "rev")
    with pytest.raises(ModelNotFound, match="org/whole"):
        Catalog(tmp_path).locate(ModelId(name))
