"""What goes wrong before the server runs is one line on stderr, status 1 and no traceback."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mlx_manager.cli.listening import listen
from tests.cli.conftest import Command


def assert_one_line(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("mlx-manager: ")
    for word in words:
        assert word in lines[0]


def test_a_port_in_use(command: Command) -> None:
    [taken] = listen("127.0.0.1", 0)
    with taken:
        port = str(taken.getsockname()[1])
        assert_one_line(command("serve", "--port", port), f"port {port} is in use", "--port")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MLX_MANAGER_PORT", "eighty"),
        ("MLX_MANAGER_PORT", "70000"),
        ("MLX_MANAGER_REQUIRE_API_KEY", "perhaps"),
        ("MLX_SERVER_MAX_MEMORY_GB", "-1"),
    ],
)
def test_a_bad_setting_is_named_with_its_value(command: Command, name: str, value: str) -> None:
    assert_one_line(command("serve", **{name: value}), name, repr(value))


def test_a_bad_option(command: Command) -> None:
    assert_one_line(command("serve", "--log-level", "loud"), "LOG_LEVEL", "'LOUD'", "'DEBUG'")


def test_a_database_path_that_cannot_be_written(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    path = str(tmp_path / "file" / "manager.db")
    done = command("serve", "--port", "0", MLX_MANAGER_DATABASE_PATH=path)
    assert_one_line(done, str(tmp_path / "file"), "MLX_MANAGER_DATABASE_PATH")


def test_another_programs_database(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE music (title TEXT)")
    connection.close()
    before = path.read_bytes()
    done = command("serve", "--port", "0", MLX_MANAGER_DATABASE_PATH=str(path))
    assert_one_line(done, str(path), "MLX_MANAGER_DATABASE_PATH")
    assert path.read_bytes() == before


def test_mlx_is_missing(environment: dict[str, str], tmp_path: Path) -> None:
    without_mlx = (
        "import sys; sys.modules['mlx'] = None\n"
        "from mlx_manager.cli import app\n"
        "app(['serve', '--port', '0'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", without_mlx],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_one_line(done, "MLX is not installed", "pip install")


def test_help_and_version_answer_without_importing_the_server(command: Command) -> None:
    assert "doctor" in command("--help").stdout
    version = command("version")
    assert version.returncode == 0
    assert version.stdout.count(".") == 2
