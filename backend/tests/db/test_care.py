"""Backups, restoring them, and finding what is broken."""

import sqlite3
from pathlib import Path

import pytest

from mlx_manager.db.care import problems_of, restore
from mlx_manager.db.ownership import owned
from mlx_manager.db.prepare import back_up, prepare
from mlx_manager.errors import DatabaseInUse, DatabaseTooNew, DatabaseUnusable

ADD = "INSERT INTO settings (name, value, updated_at) VALUES ('{}', '1', '2026-01-01')"
NAMES = "SELECT name FROM settings ORDER BY name"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    database = tmp_path / "manager.db"
    prepare(database)
    return database


def run(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        rows = list(connection.execute(statement))
        connection.commit()
    finally:
        connection.close()
    return rows


def break_page(path: Path, name: str = "ix_audit_logs_model") -> None:
    """Overwrite the first page of a table or index; the others stay readable."""
    [(root,)] = run(path, f"SELECT rootpage FROM sqlite_master WHERE name = '{name}'")
    assert isinstance(root, int)
    run(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\x55" * 4096
    path.write_bytes(content)


def test_a_backup_takes_the_place_of_what_came_later_which_is_kept(path: Path) -> None:
    run(path, ADD.format("before"))
    backup = back_up(path, path.with_name("copy.db"))
    run(path, ADD.format("later"))
    kept = restore(backup, path)
    assert run(path, NAMES) == [("before",)]
    assert kept is not None
    assert run(kept, NAMES) == [("before",), ("later",)]
    assert problems_of(path) == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.with_name("manager.db.restoring").exists()


def test_a_backup_is_never_written_over_what_is_there(path: Path) -> None:
    back_up(path, path.with_name("copy.db"))
    with pytest.raises(FileExistsError):
        back_up(path, path.with_name("copy.db"))


def test_what_waits_in_the_log_of_the_old_database_does_not_reach_the_new_one(path: Path) -> None:
    backup = back_up(path, path.with_name("copy.db"))
    connection = sqlite3.connect(path)
    connection.execute(ADD.format("in the log"))
    connection.commit()
    assert path.with_name("manager.db-wal").stat().st_size > 0
    kept = restore(backup, path)
    connection.close()
    assert run(path, NAMES) == []
    assert kept is not None
    assert run(kept, NAMES) == [("in the log",)]


def test_a_damaged_database_is_found_and_replaced(path: Path) -> None:
    backup = back_up(path, path.with_name("copy.db"))
    assert problems_of(path) == problems_of(path, thorough=False) == []
    break_page(path)
    assert problems_of(path) != []
    assert problems_of(path, thorough=False) != []
    kept = restore(backup, path)
    assert kept is not None
    assert "broken" in kept.name or "backup" in kept.name
    assert problems_of(path) == []


def test_a_row_without_its_parent_is_a_problem(path: Path) -> None:
    columns = "id, user_id, title, model, created_at, updated_at"
    run(
        path,
        f"INSERT INTO conversations ({columns}) VALUES ('c', 'nobody', 't', 'm', '2026', '2026')",
    )
    assert problems_of(path) == ["row 1 of conversations names a lost row of users"]


def test_a_bad_backup_changes_nothing(path: Path) -> None:
    run(path, ADD.format("mine"))
    broken = back_up(path, path.with_name("broken.db"))
    break_page(broken)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        restore(broken, path)
    newer = back_up(path, path.with_name("newer.db"))
    run(newer, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew):
        restore(newer, path)
    with pytest.raises(DatabaseUnusable, match="no file"):
        restore(path.with_name("nowhere.db"), path)
    with owned(path), pytest.raises(DatabaseInUse):
        restore(back_up(path, path.with_name("good.db")), path)
    assert run(path, NAMES) == [("mine",)]
