"""How a model likes to be sampled, by its own ``generation_config.json``.

The file is the one that transformers' ``GenerationConfig`` reads:
https://huggingface.co/docs/transformers/main_classes/text_generation
"""

import json
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core.request import SamplingParams

FALLBACK_TEMPERATURE = 0.7
"""For a model that says nothing: lively, but less adrift than the API's 1.0."""


def sampling_defaults(folder: Path) -> SamplingParams:
    """What the model in ``folder`` recommends; what it does not say, or says wrongly, is ours."""
    given = _read(folder / "generation_config.json")
    if given.get("do_sample") is False:
        return SamplingParams(temperature=0.0)
    return SamplingParams(
        temperature=_number(given, "temperature", FALLBACK_TEMPERATURE, most=2.0),
        top_p=_number(given, "top_p", 1.0, most=1.0) or 1.0,
        top_k=int(_number(given, "top_k", 0, most=1000)),
        min_p=_number(given, "min_p", 0.0, most=1.0),
        repetition_penalty=_number(given, "repetition_penalty", 1.0, most=2.0) or 1.0,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


def _number(given: dict[str, Any], name: str, default: float, *, most: float) -> float:
    value = given.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    return default
