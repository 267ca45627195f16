"""``mlx-manager db``."""

import sqlite3
from pathlib import Path

from mlx_manager.db.prepare import prepare
from tests.cli.conftest import Command
from tests.db.test_care import break_page


def test_a_database_is_backed_up_checked_and_restored(command: Command, tmp_path: Path) -> None:
    path, copy = tmp_path / "manager.db", tmp_path / "copy.db"
    prepare(path)
    settings = {"MLX_MANAGER_DATABASE_PATH": str(path)}
    done = command("db", "backup", str(copy), **settings)
    assert (done.returncode, done.stdout) == (0, f"Backed up to {copy}\n"), done.stderr
    again = command("db", "backup", str(copy), **settings)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    checked = command("db", "check", **settings)
    assert checked.returncode == 0, checked.stderr
    assert "is whole" in checked.stdout
    break_page(path)
    broken = command("db", "check", **settings)
    assert broken.returncode == 1
    assert "mlx-manager db restore" in broken.stderr
    doctor = command("doctor", MLX_MANAGER_PORT="0", **settings)
    assert doctor.returncode == 1
    assert "mlx-manager db restore" in doctor.stdout
    restored = command("db", "restore", str(copy), **settings)
    assert restored.returncode == 0, restored.stderr
    assert "is kept as" in restored.stdout
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_what_is_not_there_is_told_in_one_line(command: Command, tmp_path: Path) -> None:
    settings = {"MLX_MANAGER_DATABASE_PATH": str(tmp_path / "manager.db")}
    for arguments in (("backup",), ("check",), ("restore", str(tmp_path / "none.db"))):
        done = command("db", *arguments, **settings)
        assert done.returncode == 1
        assert done.stderr.startswith("mlx-manager: ")
        assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.glob("manager.db*")) == []
