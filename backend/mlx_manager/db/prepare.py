"""Brings the database file to the newest revision before anything opens it."""

import logging
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from mlx_manager.db.revision import RevisionState, read_revision, revision_state
from mlx_manager.errors import DatabaseTooNew, DatabaseUnusable

logger = logging.getLogger(__name__)
MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"


def prepare(path: Path) -> None:
    """Create or migrate the database at ``path``, after a backup copy when it held anything.

    Blocking; call it in a thread. Raises ``DatabaseTooNew`` (and touches nothing) or
    ``DatabaseUnusable``.
    """
    try:
        _prepare(path)
    except OSError as error:
        raise DatabaseUnusable(
            f"Cannot open the database {path} ({error.strerror}); choose another file with "
            "MLX_MANAGER_DATABASE_PATH."
        ) from error


def _prepare(path: Path) -> None:
    state = revision_state(path)
    if state is RevisionState.NEWER:
        raise DatabaseTooNew(
            f"A newer MLX Manager wrote the database {path}; update MLX Manager, or choose another "
            "file with MLX_MANAGER_DATABASE_PATH. Nothing was changed."
        )
    if state is RevisionState.CURRENT:
        _require_writable(path)
        return
    if state is RevisionState.ABSENT:
        # Ours alone to read: it will hold password hashes and conversations.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    else:
        _require_writable(path)
        logger.info("Database backed up to %s before migrating it", back_up(path))
    migrate(path)


def _require_writable(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR))


def back_up(path: Path, to: Path | None = None) -> Path:
    """Copy the database, consistent even while it is in use, and return where it went.

    Raises ``FileExistsError`` rather than write over what is there.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    copy = to or path.with_name(f"{path.name}.backup-{read_revision(path)}-{moment}")
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return copy


def migrate(path: Path, revision: str = "head") -> None:
    """Run the migrations up to ``revision`` in one transaction.

    Raises ``DatabaseUnusable`` when one fails; the database then stays at its old revision.
    """
    # 0.3 s of imports that only the first start after an update needs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            # Own transaction control: sqlite3 would otherwise commit at each CREATE TABLE.
            connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.exec_driver_sql("COMMIT")
    except SQLAlchemyError as error:
        raise DatabaseUnusable(f"Cannot migrate the database {path}: {error}") from error
    finally:
        engine.dispose()
