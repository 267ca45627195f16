"""Builds the dashboard into the wheel when Node.js is there, and says so when it is not.

`pip install -v .` and `python -m build` show these messages. ``MLX_MANAGER_SKIP_DASHBOARD=1``
leaves the dashboard as it is; ``MLX_MANAGER_REQUIRE_DASHBOARD=1`` (releases) makes its absence
an error.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
SOURCES = ("src", "static", "package-lock.json", "svelte.config.js", "vite.config.ts")


class DashboardHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before hatchling collects the files of the wheel or the sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring ``backend/mlx_manager/static`` up to date, or tell why it is not.

        Raises ``RuntimeError`` when the dashboard's own build fails.
        """
        del build_data
        skipped = os.environ.get("MLX_MANAGER_SKIP_DASHBOARD") == "1"
        if version == "editable" or skipped:  # `make build` looks after a working copy
            return
        frontend = Path(self.root) / "frontend"
        bundle = Path(self.root) / "backend" / "mlx_manager" / "static" / "index.html"
        came_along = (Path(self.root) / "PKG-INFO").exists() and bundle.exists()  # in an sdist
        if came_along or is_current(bundle, frontend):
            return
        problem = node_problem(frontend)
        if problem is None:
            self.app.display_info("Building the dashboard (npm ci, npm run build)...")
            build(frontend)
        elif os.environ.get("MLX_MANAGER_REQUIRE_DASHBOARD") == "1":
            raise RuntimeError(f"The dashboard cannot be built: {problem}.")
        else:
            state = "an older dashboard" if bundle.exists() else "no dashboard"
            self.app.display_warning(
                f"{problem}: this build of mlx-manager has {state}. The server starts all the "
                "same. Install Node.js 20.19 or newer and build again to get it."
            )


def is_current(bundle: Path, frontend: Path) -> bool:
    """Whether the bundle exists and no source of it is newer."""
    if not bundle.exists():
        return False
    built = bundle.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in source_files(frontend))


def source_files(frontend: Path) -> Iterator[Path]:
    """Every file that the bundle is made from, with its folders (a deletion touches those)."""
    for name in SOURCES:
        path = frontend / name
        if path.exists():
            yield path
        yield from path.rglob("*")


def node_problem(frontend: Path) -> str | None:
    """Why the dashboard cannot be built here, or None."""
    if not (frontend / "package-lock.json").exists():
        return "The dashboard's sources are not here"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "Node.js was not found"
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = answer.stdout.strip()
    try:
        major, minor = (int(part) for part in version.removeprefix("v").split(".")[:2])
    except ValueError:
        return f"Node.js does not tell its version (it said {version!r})"
    if (major, minor) < OLDEST_NODE:
        return f"Node.js {version} is too old"
    return None


def build(frontend: Path) -> None:
    """Install the pinned packages and build the bundle.

    Raises ``RuntimeError`` with the end of npm's own words.
    """
    npm = shutil.which("npm") or "npm"
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run(
            [npm, *arguments], cwd=frontend, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            words = (done.stdout + done.stderr)[-3000:]
            raise RuntimeError(
                f"The dashboard's build failed in `npm {' '.join(arguments)}`:\n{words}\n"
                "To install without the dashboard, set MLX_MANAGER_SKIP_DASHBOARD=1."
            )
