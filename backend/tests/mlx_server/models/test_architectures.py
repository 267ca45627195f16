"""Which architectures run here is read from mlx-lm's files; mlx-lm itself agrees."""

import pytest
from mlx_lm.utils import MODEL_REMAPPING, _get_classes

from mlx_manager.mlx_server.models.architectures import unsupported


@pytest.mark.parametrize("kind", ["qwen3", "llama", "gemma3_text", "mamba2", *MODEL_REMAPPING])
def test_what_mlx_lm_has_a_class_for_runs(kind: str) -> None:
    assert unsupported({"model_type": kind}) is None


@pytest.mark.parametrize("kind", ["from_the_future", "", "../qwen3"])
def test_what_it_has_none_for_does_not(kind: str) -> None:
    assert unsupported({"model_type": kind}) is not None
    with pytest.raises((ValueError, TypeError)):
        _get_classes({"model_type": kind})


def test_the_reason_says_what_to_do() -> None:
    assert "a newer version may" in (unsupported({"model_type": "from_the_future"}) or "")
    assert "names no model_type" in (unsupported({}) or "")
    assert "program of its own" in (unsupported({"model_type": "x", "model_file": "m.py"}) or "")
    assert unsupported({"model_type": "bert"}) is None  # with the extra, which tests have
