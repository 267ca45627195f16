"""A database is made by its migrations, after a backup, and left alone when it is too new."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from mlx_manager.db import prepare as prepare_module
from mlx_manager.db import revision as revision_module
from mlx_manager.db import tables
from mlx_manager.db.ownership import owned
from mlx_manager.db.prepare import MIGRATIONS_FOLDER, prepare
from mlx_manager.db.revision import RevisionState, known_revisions, revision_state
from mlx_manager.db.search_texts import SEARCH_TABLE
from mlx_manager.errors import DatabaseInUse, DatabaseTooNew, DatabaseUnusable

BACKEND = Path(__file__).parents[2]


def run(path: Path, *statements: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        rows = [row for statement in statements for row in connection.execute(statement)]
        connection.commit()
    finally:
        connection.close()
    return rows


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Not the FTS5 table and those it makes for itself: no metadata can describe them."""
    del parents
    return not (kind == "table" and str(name).startswith(SEARCH_TABLE))


def test_a_fresh_database_has_every_table_as_the_models_say(tmp_path: Path) -> None:
    path = tmp_path / "manager.db"
    assert revision_state(path) is RevisionState.ABSENT
    prepare(path)
    assert revision_state(path) is RevisionState.CURRENT
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, tables.METADATA) == []
    engine.dispose()
    assert run(path, "PRAGMA journal_mode") == [("wal",)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_newest_revision_is_alembics_head_and_the_names_are_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER))
    script = ScriptDirectory.from_config(config)
    newest_first = [revision.revision for revision in script.walk_revisions()]
    assert known_revisions() == tuple(reversed(newest_first))
    assert script.get_heads() == [known_revisions()[-1]]


def test_preparing_a_current_database_imports_no_alembic(tmp_path: Path) -> None:
    path = tmp_path / "manager.db"
    prepare(path)
    program = (
        "import sys, pathlib\n"
        "from mlx_manager.db.prepare import prepare\n"
        f"prepare(pathlib.Path({str(path)!r}))\n"
        "print('alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BACKEND, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
    assert [file.name for file in tmp_path.glob("*backup*")] == []


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The next release of MLX Manager, whose migrations have one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS_FOLDER, folder)
    (folder / "versions" / "0999_next.py").write_text(
        "from alembic import op\n"
        "import sqlalchemy as sa\n"
        f"revision, down_revision = '0999', {known_revisions()[-1]!r}\n"
        "def upgrade():\n"
        "    op.add_column('users', sa.Column('nickname', sa.String(), nullable=True))\n"
        "    if BROKEN:\n"
        "        op.execute(sa.text('INSERT INTO gone VALUES (1)'))\n"
        "BROKEN = False\n"
    )
    monkeypatch.setattr(prepare_module, "MIGRATIONS_FOLDER", folder)
    monkeypatch.setattr(revision_module, "VERSIONS_FOLDER", folder / "versions")
    known_revisions.cache_clear()
    yield folder
    known_revisions.cache_clear()


ADA = (
    "INSERT INTO users (id, email, password_hash, status, is_admin, token_version, created_at)"
    " VALUES ('1', 'ada@example.com', '', 'approved', 1, 0, '2026-01-01')"
)


def test_a_migration_that_is_due_runs_after_a_backup(
    tmp_path: Path, migrated_database: Path, next_version: Path
) -> None:
    path = tmp_path / "manager.db"
    shutil.copy(migrated_database, path)
    run(path, ADA)
    assert revision_state(path) is RevisionState.DUE
    prepare(path)
    assert revision_state(path) is RevisionState.CURRENT
    assert run(path, "SELECT email, nickname FROM users") == [("ada@example.com", None)]
    [backup] = tmp_path.glob("manager.db.backup-*")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert run(backup, "SELECT email FROM users", "PRAGMA integrity_check") == [
        ("ada@example.com",),
        ("ok",),
    ]
    assert run(backup, "SELECT version_num FROM alembic_version") == [(known_revisions()[-2],)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, migrated_database: Path, next_version: Path
) -> None:
    script = next_version / "versions" / "0999_next.py"
    script.write_text(script.read_text().replace("BROKEN = False", "BROKEN = True"))
    path = tmp_path / "manager.db"
    shutil.copy(migrated_database, path)
    with pytest.raises(DatabaseUnusable, match="gone"):
        prepare(path)
    assert revision_state(path) is RevisionState.DUE
    assert "nickname" not in [row[1] for row in run(path, "PRAGMA table_info(users)")]


def test_a_database_from_a_newer_version_is_refused_and_not_touched(
    tmp_path: Path, migrated_database: Path
) -> None:
    path = tmp_path / "manager.db"
    shutil.copy(migrated_database, path)
    run(path, "UPDATE alembic_version SET version_num = '9999'")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with pytest.raises(DatabaseTooNew, match="update MLX Manager") as caught:
        prepare(path)
    assert "\n" not in caught.value.detail
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.glob("*backup*")) == []


def test_a_file_that_is_no_database_or_another_programs_is_refused(tmp_path: Path) -> None:
    text, foreign = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("These are my notes. " * 100)
    run(foreign, "CREATE TABLE recipes (name)")
    for path in (text, foreign):
        before = path.read_bytes()
        with pytest.raises(DatabaseUnusable, match="MLX_MANAGER_DATABASE_PATH"):
            prepare(path)
        assert path.read_bytes() == before


def test_a_path_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "manager.db", tmp_path / "folder"):
        with pytest.raises(DatabaseUnusable) as caught, owned(path):
            prepare(path)
        assert "\n" not in caught.value.detail
        assert "MLX_MANAGER_DATABASE_PATH" in caught.value.detail


def test_one_process_owns_a_database_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "manager.db"
    with owned(path), pytest.raises(DatabaseInUse, match="Another MLX Manager"), owned(path):
        pass
    with owned(path):
        pass
