"""What is kept on disk: the database, the model cache, the dashboard, the guide model."""

import os
import shutil
from pathlib import Path

import mlx_manager
from mlx_manager.cli.checks.finding import Finding, State
from mlx_manager.config import ManagerSettings
from mlx_manager.db.care import problems_of
from mlx_manager.db.revision import RevisionState, revision_state
from mlx_manager.errors import StartupError
from mlx_manager.mlx_server.config import GIB

PACKAGE = Path(mlx_manager.__file__).parent
LEAST_FREE_GIB = 5
RESTORE = "Stop the server and restore a backup: mlx-manager db restore FILE"
OTHER_PATH = "Choose another file with MLX_MANAGER_DATABASE_PATH."


def check_database(settings: ManagerSettings) -> Finding:
    """The file (or the folder it will be made in) is ours to write, whole, and not from the
    future."""
    path = settings.database_path.expanduser()
    try:
        state = revision_state(path)
    except StartupError as error:
        return Finding("Database", State.PROBLEM, error.detail)
    except OSError as error:
        return Finding("Database", State.PROBLEM, f"{path}: {error.strerror}", OTHER_PATH)
    if state is RevisionState.NEWER:
        detail = f"{path} was written by a newer version"
        return Finding("Database", State.PROBLEM, detail, "Update MLX Manager.")
    if (problem := _place_problem(path)) is not None:
        return Finding("Database", State.PROBLEM, problem, OTHER_PATH)
    if state is not RevisionState.ABSENT and (problems := problems_of(path, thorough=False)):
        return Finding("Database", State.PROBLEM, f"{path}: {problems[0]}", RESTORE)
    words = {
        RevisionState.ABSENT: "will be made at the first start",
        RevisionState.DUE: "will be backed up and migrated at the next start",
        RevisionState.CURRENT: "whole and up to date",
    }
    return Finding("Database", State.OK, f"{path}: {words[state]}")


def _place_problem(path: Path) -> str | None:
    target = path if path.exists() else _nearest_folder(path.parent)
    if not target.is_file() and not target.is_dir():
        return f"{target} is not a folder"
    if not os.access(target, os.W_OK) or not os.access(_nearest_folder(path.parent), os.W_OK):
        return f"{target} cannot be written"
    return None


def check_model_cache(settings: ManagerSettings) -> Finding:
    """Where downloaded models are, and whether another one would fit."""
    path = settings.hf_cache_path.expanduser()
    count = sum(1 for _ in path.glob("models--*")) if path.is_dir() else 0
    free = shutil.disk_usage(_nearest_folder(path)).free
    held = f"{count} model{'' if count == 1 else 's'}" if path.is_dir() else "not made yet"
    detail = f"{path}: {held}, {free / GIB:.1f} GB free"
    if free < LEAST_FREE_GIB * GIB:
        remedy = "Free some space, or choose another place with MLX_MANAGER_HF_CACHE_PATH."
        return Finding("Model cache", State.WARNING, detail, remedy)
    return Finding("Model cache", State.OK, detail)


def check_dashboard() -> Finding:
    """The bundle is built, not committed."""
    if (PACKAGE / "static" / "index.html").is_file():
        return Finding("Dashboard", State.OK, "built")
    return Finding(
        "Dashboard",
        State.WARNING,
        "not built; the API works without it",
        "Install Node.js 20.19 or newer and run: make build",
    )


def check_guide() -> Finding:
    """The built-in model is part of the package; a broken copy lacks it."""
    missing = [
        name
        for name in ("config.json", "model.safetensors", "tokenizer.json")
        if not (PACKAGE / "guide" / name).is_file()
    ]
    if missing:
        detail = f"the built-in model lacks {', '.join(missing)}"
        return Finding("Guide model", State.WARNING, detail, "Install mlx-manager again.")
    size = sum(file.stat().st_size for file in (PACKAGE / "guide").iterdir() if file.is_file())
    return Finding("Guide model", State.OK, f"mlx-manager/guide, {size / 1e6:.1f} MB")


def _nearest_folder(path: Path) -> Path:
    """The first of ``path`` and its parents that exists."""
    return next((each for each in (path, *path.parents) if each.exists()), Path("/"))
