"""Conversations from before branches: each becomes a tree with one, and can be searched."""

import sqlite3
from contextlib import closing
from pathlib import Path

from mlx_manager.db.prepare import migrate, prepare

ADD_USER = "INSERT INTO users VALUES ('ada', 'ada@example.com', '', 'approved', 1, 0, '2026-01-01')"
ADD_CHAT = (
    "INSERT INTO conversations (id, user_id, title, model, created_at, updated_at) "
    "VALUES (?, 'ada', ?, 'm', '2026-01-01', '2026-01-01')"
)
ADD_MESSAGE = (
    "INSERT INTO messages (id, conversation_id, position, role, content, reasoning, tool_calls, "
    "status, created_at) VALUES (?, ?, ?, 'user', ?, '', '[]', 'complete', '2026-01-01')"
)


def test_turns_follow_each_other_as_they_stood_and_are_found(tmp_path: Path) -> None:
    path = tmp_path / "manager.db"
    migrate(path, "0006")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(ADD_USER)
        connection.executemany(ADD_CHAT, [("one", "First"), ("two", "Second"), ("new", "Empty")])
        rows = [("b", "one", 4, "later"), ("a", "one", 0, "early"), ("c", "two", 0, "elsewhere")]
        connection.executemany(ADD_MESSAGE, rows)
        connection.commit()
    prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        parents = dict(connection.execute("SELECT id, parent_id FROM messages").fetchall())
        assert parents == {"a": None, "b": "a", "c": None}
        leaves = connection.execute("SELECT id, active_leaf_id FROM conversations").fetchall()
        assert dict(leaves) == {"one": "b", "two": "c", "new": None}
        found = connection.execute(
            "SELECT message_id FROM chat_search JOIN search_texts ON id = chat_search.rowid "
            "WHERE chat_search MATCH ? ORDER BY id",
            ("later OR first",),
        )
        assert [row[0] for row in found] == [None, "b"]
        connection.execute(
            "INSERT INTO chat_search (chat_search, rank) VALUES ('integrity-check', 1)"
        )
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_analysing_later_changes_no_schema_under_a_connection(migrated_database: Path) -> None:
    with closing(sqlite3.connect(migrated_database)) as connection:
        before = connection.execute("PRAGMA schema_version").fetchone()
        connection.execute("ANALYZE audit_logs")
        assert connection.execute("PRAGMA schema_version").fetchone() == before
        connection.rollback()
