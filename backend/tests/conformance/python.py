"""The Python clients, in an environment of their own, apart from our pins and our pytest."""

import os
import subprocess
import sys
from pathlib import Path

SUITES = Path(__file__).parent / "python_sdks"
REQUIREMENTS = Path(__file__).parents[2] / "requirements/conformance.txt"
ENVIRONMENT = Path(__file__).parent / ".venv"
SECONDS = 600
"""For one command; installing them all took 40 seconds here."""


def install() -> None:
    """What the requirements name, unless it is there already."""
    installed = ENVIRONMENT / ".installed"
    if installed.exists() and installed.stat().st_mtime >= REQUIREMENTS.stat().st_mtime:
        return
    _run(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)).check_returncode()
    # The list is complete, and holds what instructor's caps would refuse: see pyproject.toml.
    pip = (_python(), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(REQUIREMENTS))
    installing = _run(*pip)
    assert installing.returncode == 0, installing.stdout + installing.stderr
    installed.touch()


def run_suite(client: str, home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run ``python_sdks/test_{client}.py`` with nothing in its environment but what is given."""
    given = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "NO_COLOR": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches a list of prices
        **environment,
    }
    return _run(_python(), "-m", "pytest", f"test_{client}.py", **given)


def _python() -> str:
    return str(ENVIRONMENT / "bin/python")


def _run(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        cwd=SUITES,
        env=environment or None,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
