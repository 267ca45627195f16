"""A home of its own for each command that a test runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What a fresh account has, and the way to this checkout."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(BACKEND),
        "PYTHONWARNINGS": "error",
        "MLX_SERVER_LOGFIRE_ENABLED": "false",
        "NO_COLOR": "1",
    }


@pytest.fixture
def command(environment: dict[str, str], tmp_path: Path) -> Command:
    """Run ``mlx-manager`` to its end, with settings by their environment names."""

    def run(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "mlx_manager", *arguments],
            env={**environment, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
