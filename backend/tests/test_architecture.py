"""The rules of the house: who may import whom, how large things get, what every room says.

The layers themselves are import-linter contracts in ``pyproject.toml``.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"
PRODUCT = BACKEND / "mlx_manager"

LINES_A_FILE = 300
LINES_A_FUNCTION = 40
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")

# package -> the modules (and all below them) that may import it
DOORS = (
    "main",
    "middleware",
    "routers",
    "dependencies",
    "openapi",
    "mlx_server.main",
    "mlx_server.api",
)
ONLY_IN = {
    "mlx": ("mlx_server.engine", "mlx_server.utils.memory"),
    "mlx_lm": ("mlx_server.engine", "mlx_server.utils.memory"),
    "fastapi": DOORS,
    "starlette": DOORS,
    "sse_starlette": DOORS,
    "huggingface_hub": ("services.hf_client", "services.hf_api"),
    "uvicorn": ("cli", "mlx_server.main"),
    "typer": ("cli",),
}

# What a running server must not have imported before its first model or migration.
LATE = (
    "mlx",
    "mlx_lm",
    "transformers",
    "tokenizers",
    "numpy",
    "alembic",
    "huggingface_hub",
    "httpx",
    "httpx2",
    "logfire",
    "requests",
    "rich",
)


@cache
def sources() -> tuple[Path, ...]:
    return tuple(sorted(path for path in PRODUCT.rglob("*.py") if "static" not in path.parts))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room_of(path: Path) -> str:
    """``backend/mlx_manager/db/engine.py`` -> ``db.engine``."""
    parts = path.relative_to(PRODUCT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its head or inside a function."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def is_within(room: str, places: tuple[str, ...]) -> bool:
    return any(room == place or room.startswith(place + ".") for place in places)


def test_every_room_imports_only_the_rooms_below_it() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(BACKEND), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_foreign_package_is_imported_in_its_own_rooms_only(package: str) -> None:
    strays = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources()
        for module in imports_of(path)
        if module.split(".")[0] == package and not is_within(room_of(path), ONLY_IN[package])
    ]
    assert strays == []


def test_every_imported_package_is_a_declared_dependency() -> None:
    declared = {requirement_name(text) for text in project()["dependencies"]}
    distribution_of = {
        "jwt": "pyjwt",
        "dotenv": "python-dotenv",
        "pydantic_core": "pydantic",
        "starlette": "fastapi",
    }
    imported = {module.split(".")[0] for path in sources() for module in imports_of(path)}
    foreign = imported - set(sys.stdlib_module_names) - {"mlx_manager"}
    names = {distribution_of.get(name, name).replace("_", "-") for name in foreign}
    assert names - declared == set()


def test_a_file_has_at_most_300_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    long = {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > LINES_A_FILE}
    assert long == {}


def test_a_function_has_at_most_40_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length_of(node)} lines"
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and "versions" not in path.parts  # a migration is a list of columns
        and length_of(node) > LINES_A_FUNCTION
    ]
    assert long == []


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    head = node.body[0]
    if isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant):
        lines -= (head.end_lineno or head.lineno) - head.lineno + 1
    return lines


def test_every_folder_of_code_is_a_package_that_says_what_it_is_for() -> None:
    folders = {path.parent for path in sources()} - {PRODUCT / "db" / "migrations" / "versions"}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in folders
        if not (folder / "__init__.py").exists()
        or not ast.get_docstring(tree_of(folder / "__init__.py"))
    ]
    assert silent == []


def test_nothing_is_left_unfinished() -> None:
    unfinished = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert unfinished == []


def test_composing_the_application_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from mlx_manager.cli import app\n"
        "from mlx_manager.main import create_app\n"
        f"print(*[name for name in {LATE!r} if name in sys.modules])"
    )
    environment = {"PYTHONPATH": str(BACKEND), "PYDANTIC_DISABLE_PLUGINS": "logfire-plugin"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_pinned_requirements_carry_no_addresses() -> None:
    for name in ("runtime.txt", "dev.txt"):
        text = (BACKEND / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert not re.search(r"^\s*-", text, flags=re.MULTILINE)  # no index options, no hashes
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")


def test_every_dependency_is_pinned() -> None:
    text = (BACKEND / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0] for line in text.splitlines()}
    assert {requirement_name(each) for each in project()["dependencies"]} <= pinned


def project() -> dict[str, list[str]]:
    parsed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = parsed["project"]
    return found


def requirement_name(text: str) -> str:
    """``sqlalchemy[asyncio]>=2.1 ; ...`` -> ``sqlalchemy``."""
    return re.split(r"[\[<>=;~! ]", text, maxsplit=1)[0].lower()
