"""Which revision a database file has, and whether this version can work with it.

Read with ``sqlite3`` alone: alembic costs 0.3 s to import and is needed only when the answer is
``DUE`` or ``ABSENT``.
"""

import sqlite3
from enum import Enum, auto
from functools import cache
from pathlib import Path

from mlx_manager.errors import DatabaseUnusable

VERSIONS_FOLDER = Path(__file__).parent / "migrations" / "versions"


class RevisionState(Enum):
    """What has to happen before the database can be opened."""

    ABSENT = auto()
    DUE = auto()
    CURRENT = auto()
    NEWER = auto()


@cache
def known_revisions() -> tuple[str, ...]:
    """Every revision of this version, oldest first; a file is named ``<revision>_<what>.py``."""
    files = sorted(VERSIONS_FOLDER.glob("[0-9]*_*.py"))
    return tuple(file.name.split("_", 1)[0] for file in files)


def read_revision(path: Path) -> str | None:
    """The revision written in the file, or None for a file without any table.

    Opened read-only. Raises ``DatabaseUnusable`` for a file that is not ours.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if "alembic_version" in tables:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                return None if row is None else str(row[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise DatabaseUnusable(
            f"Cannot read the database {path} ({error}); restore a backup, or choose another file "
            "with MLX_MANAGER_DATABASE_PATH."
        ) from error
    if tables:
        raise DatabaseUnusable(
            f"{path} is another program's database; choose another file with "
            "MLX_MANAGER_DATABASE_PATH."
        )
    return None


def revision_state(path: Path) -> RevisionState:
    """Compare the file with this version's migrations. Raises ``DatabaseUnusable``."""
    if path.is_dir():
        raise DatabaseUnusable(
            f"{path} is a folder; name a file in it with MLX_MANAGER_DATABASE_PATH."
        )
    if not path.exists() or path.stat().st_size == 0:
        return RevisionState.ABSENT
    revision = read_revision(path)
    if revision is None:
        return RevisionState.ABSENT
    known = known_revisions()
    if revision == known[-1]:
        return RevisionState.CURRENT
    return RevisionState.DUE if revision in known else RevisionState.NEWER
