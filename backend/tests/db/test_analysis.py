"""What the audit tells SQLite of its rows must not trip a connection that was opened before."""

import sqlite3
from contextlib import closing
from pathlib import Path


def test_an_analysis_does_not_lose_the_tables_of_another_connection(
    migrated_database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(migrated_database.read_bytes())
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as chat,
        closing(sqlite3.connect(path, isolation_level=None)) as audit,
    ):
        chat.execute("PRAGMA foreign_keys=ON")
        assert chat.execute("SELECT count(*) FROM settings").fetchone() == (0,)
        audit.execute("ANALYZE audit_logs")
        chat.execute("BEGIN IMMEDIATE")
        chat.execute("UPDATE messages SET status='stopped' WHERE messages.status='streaming'")
        chat.execute("COMMIT")
