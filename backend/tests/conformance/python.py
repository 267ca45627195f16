"""The Python clients, in an environment of their own, apart from our pins and our pytest."""

import os
import subprocess
import sys
from pathlib import Path

SUITES = Path(__file__).parent / "python_sdks"
REQUIREMENTS = Path(__file__).parents[2] / "requirements/conformance.txt"
ENVIRONMENT = Path(__file__).parent / ".venv"
SECONDS = 600
"""For one command; installing them takes about a minute, a suite a few seconds."""


def install() -> None:
    """What the requirements name, unless it is there already."""
    installed = ENVIRONMENT / ".installed"
    if installed.exists() and installed.stat().st_mtime >= REQUIREMENTS.stat().st_mtime:
        return
    # With the pip that is here: a Python that came without one can still make environments.
    _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(ENVIRONMENT))
    pip = (sys.executable, "-m", "pip", "--python", _python(), "install", "--quiet")
    # The list is complete, and goes beyond what some clients allow themselves: see the Makefile.
    installing = _run(*pip, "--no-deps", "-r", str(REQUIREMENTS))
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
