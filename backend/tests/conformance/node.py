"""Programs of this folder's Node project, run to their end."""

import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parent
SECONDS = 900
"""A conformance run of llmprobe is some 500 requests."""


def install() -> None:
    """What ``package-lock.json`` names, unless it is there already."""
    lock, installed = PROJECT / "package-lock.json", PROJECT / "node_modules/.package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    run_program("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").check_returncode()
    installed.touch()


def run_program(
    program: str, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a program in the project; its output is captured."""
    found = shutil.which(program)
    assert found is not None, f"{program} is not installed: the conformance suites need Node 20"
    return subprocess.run(
        [found, *arguments],
        cwd=PROJECT,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
