import json
import sqlite3
from pathlib import Path
from typing import Any

from mlx_manager.cli.listening import listen
from tests.cli.conftest import Command


def checks(text: str) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(text)["checks"]}


def test_a_fresh_account_is_healthy(command: Command) -> None:
    done = command("doctor", "--json", MLX_MANAGER_PORT="0")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    found = checks(done.stdout)
    assert {"Python", "MLX", "Memory", "Database", "Model cache", "Port"} <= set(found)
    assert "will be made" in found["Database"]["detail"]


def test_doctor_changes_nothing(command: Command, environment: dict[str, str]) -> None:
    command("doctor", MLX_MANAGER_PORT="0")
    assert list(Path(environment["HOME"]).glob(".mlx-manager*")) == []


def test_a_database_that_is_not_one_is_a_problem(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "manager.db"
    path.write_text("these are not the tables you are looking for" * 40)
    done = command("doctor", "--json", MLX_MANAGER_PORT="0", MLX_MANAGER_DATABASE_PATH=str(path))
    assert done.returncode == 1
    assert checks(done.stdout)["Database"]["state"] == "problem"
    assert str(path) in checks(done.stdout)["Database"]["detail"]


def test_a_database_from_a_newer_version_is_a_problem(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "manager.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.commit()
    connection.close()
    done = command("doctor", MLX_MANAGER_PORT="0", MLX_MANAGER_DATABASE_PATH=str(path))
    assert done.returncode == 1
    assert "newer version" in done.stdout


def test_a_taken_port_is_a_problem_with_a_remedy(command: Command) -> None:
    [taken] = listen("127.0.0.1", 0)
    with taken:
        done = command("doctor", "--json", MLX_MANAGER_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    port = checks(done.stdout)["Port"]
    assert port["state"] == "problem"
    assert "--port" in port["remedy"]
