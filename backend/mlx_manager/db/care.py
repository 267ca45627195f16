"""Restoring a database, and whether it is whole. Blocking, with ``sqlite3`` alone."""

import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from mlx_manager.db.ownership import owned
from mlx_manager.db.prepare import back_up
from mlx_manager.db.revision import RevisionState, revision_state
from mlx_manager.errors import DatabaseTooNew, DatabaseUnusable

MOST_PROBLEMS = 20


def problems_of(path: Path, *, thorough: bool = True) -> list[str]:
    """What is wrong with the file, at most ``MOST_PROBLEMS``; empty when it is whole.

    ``thorough`` also compares every index with its table, which takes seconds a gigabyte.
    https://www.sqlite.org/pragma.html#pragma_integrity_check
    """
    check = "integrity_check" if thorough else "quick_check"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = [row[0] for row in connection.execute(f"PRAGMA {check}({MOST_PROBLEMS})")]
            problems = [] if found == ["ok"] else found
            for table, row_id, parent, _ in connection.execute("PRAGMA foreign_key_check"):
                problems.append(f"row {row_id} of {table} names a lost row of {parent}")
        finally:
            connection.close()
    except sqlite3.Error as error:
        return [str(error)]
    return problems[:MOST_PROBLEMS]


def restore(backup: Path, path: Path) -> Path | None:
    """Put ``backup`` in the place of the database, and return where the old one went, if any.

    Raises ``DatabaseUnusable`` (a backup that is broken or not ours), ``DatabaseTooNew`` or
    ``DatabaseInUse``; nothing is changed then.
    """
    _require_good(backup)
    with owned(path):
        kept = _keep(path)
        fresh = path.with_name(f"{path.name}.restoring")
        _copy(backup, fresh)
        # Pages of the old database must not be applied to the new one.
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        os.replace(fresh, path)
    return kept


def _require_good(backup: Path) -> None:
    if not backup.is_file():
        raise DatabaseUnusable(f"There is no file {backup}; name a backup of the database.")
    state = revision_state(backup)
    if state is RevisionState.ABSENT:
        raise DatabaseUnusable(f"{backup} is empty; name another backup.")
    if state is RevisionState.NEWER:
        raise DatabaseTooNew(
            f"A newer MLX Manager made {backup}; update MLX Manager first. Nothing was changed."
        )
    if problems := problems_of(backup):
        raise DatabaseUnusable(
            f"{backup} is damaged ({problems[0]}); name another backup. Nothing was changed."
        )


def _keep(path: Path) -> Path | None:
    """A copy of the present database; of a broken one its bytes as they are."""
    if not path.exists():
        return None
    try:
        return back_up(path)
    except (sqlite3.Error, DatabaseUnusable):
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        return Path(shutil.copy2(path, path.with_name(f"{path.name}.broken-{moment}")))


def _copy(backup: Path, fresh: Path) -> None:
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT, 0o600)
    source, target = sqlite3.connect(backup), sqlite3.connect(fresh)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    os.fsync(descriptor)
    os.close(descriptor)
