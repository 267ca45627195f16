"""Which architectures the installed mlx-lm can run: read from its files, never imported.

mlx-lm finds a model's class in ``mlx_lm/models/<model_type>.py``, after ``MODEL_REMAPPING`` in
``mlx_lm/utils.py``. Importing it for the answer would take seconds, before any model is used.
"""

import ast
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_ENCODERS = frozenset({"bert", "modernbert", "roberta", "xlm-roberta", "xlm_roberta"})
"""Run by the ``embeddings`` extra."""


def unsupported(config: Mapping[str, Any]) -> str | None:
    """Why the model of this ``config.json`` cannot run here, or None when its class is there."""
    kind = config.get("model_type")
    if not isinstance(kind, str) or not kind:
        return "Its config.json names no model_type, so nothing tells how to run it."
    if config.get("model_file"):
        return "It brings a program of its own to run it, which is not run here."
    known = _model_types()
    if kind in known or _remapped().get(kind) in known:
        return None
    if kind in _ENCODERS:
        if find_spec("mlx_embeddings") is not None:
            return None
        return f"The architecture {kind!r} needs the extra 'mlx-manager[embeddings]'."
    return (
        f"The installed mlx-lm {_version()} does not know the architecture {kind!r}; a newer "
        "version may."
    )


@cache
def _folder() -> Path | None:
    spec = find_spec("mlx_lm")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


@cache
def _model_types() -> frozenset[str]:
    folder = _folder()
    return frozenset(file.stem for file in folder.glob("models/*.py")) if folder else frozenset()


@cache
def _remapped() -> Mapping[str, str]:
    folder = _folder()
    try:
        tree = ast.parse((folder / "utils.py").read_text(encoding="utf-8")) if folder else None
        for node in tree.body if tree else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MODEL_REMAPPING":
                found: Mapping[str, str] = ast.literal_eval(node.value)
                return found
    except (OSError, ValueError, SyntaxError):
        pass  # another layout of mlx-lm: then only its own names are known
    return {}


@cache
def _version() -> str:
    try:
        return version("mlx-lm")
    except PackageNotFoundError:
        return "(missing)"
