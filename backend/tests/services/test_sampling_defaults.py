"""A model's own recommendation, or ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.services.sampling_defaults import sampling_defaults

OURS = SamplingParams(temperature=0.7)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, OURS),
        ({"do_sample": False, "temperature": 0.9}, SamplingParams(temperature=0.0)),
        (
            {"do_sample": True, "temperature": 0.6, "top_p": 0.95, "top_k": 20, "min_p": 0.1},
            SamplingParams(temperature=0.6, top_p=0.95, top_k=20, min_p=0.1),
        ),
        ({"repetition_penalty": 1.05}, SamplingParams(temperature=0.7, repetition_penalty=1.05)),
        ({"temperature": -1, "top_p": "wide", "top_k": None, "min_p": True}, OURS),
        ({"top_p": 0, "repetition_penalty": 0}, OURS),
        ([], OURS),
    ],
)
def test_what_the_model_says_is_taken_and_what_is_wrong_is_not(
    tmp_path: Path, given: Any, wanted: SamplingParams
) -> None:
    (tmp_path / "generation_config.json").write_text(json.dumps(given))
    assert sampling_defaults(tmp_path) == wanted


def test_a_model_that_says_nothing_or_nonsense_gets_ours(tmp_path: Path) -> None:
    assert sampling_defaults(tmp_path) == OURS
    (tmp_path / "generation_config.json").write_text("{")
    assert sampling_defaults(tmp_path) == OURS
