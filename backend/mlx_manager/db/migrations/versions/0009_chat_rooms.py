"""Folders, branches, attachments, settings of a chat, and the search in all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# Of a message that is still being written nothing is indexed: it is saved every two seconds.
_TRIGGERS = """
CREATE TRIGGER search_new_title AFTER INSERT ON conversations BEGIN
  INSERT INTO search_texts (owner, conversation_id, content)
  VALUES (NEW.user_id, NEW.id, NEW.title);
END;

CREATE TRIGGER search_other_title AFTER UPDATE OF title ON conversations
WHEN NEW.title <> OLD.title BEGIN
  UPDATE search_texts SET content = NEW.title
  WHERE conversation_id = NEW.id AND message_id IS NULL;
END;

CREATE TRIGGER search_new_message AFTER INSERT ON messages
WHEN NEW.status <> 'streaming' AND NEW.content <> '' BEGIN
  INSERT INTO search_texts (owner, conversation_id, message_id, content)
  SELECT user_id, id, NEW.id, NEW.content FROM conversations WHERE id = NEW.conversation_id;
END;

CREATE TRIGGER search_other_message AFTER UPDATE OF content, status ON messages
WHEN NEW.status <> 'streaming' AND (OLD.status = 'streaming' OR NEW.content <> OLD.content) BEGIN
  DELETE FROM search_texts WHERE message_id = NEW.id;
  INSERT INTO search_texts (owner, conversation_id, message_id, content)
  SELECT user_id, id, NEW.id, NEW.content FROM conversations
  WHERE id = NEW.conversation_id AND NEW.content <> '';
END;

CREATE TRIGGER search_texts_insert AFTER INSERT ON search_texts BEGIN
  INSERT INTO chat_search (rowid, owner, content) VALUES (NEW.id, NEW.owner, NEW.content);
END;

CREATE TRIGGER search_texts_delete AFTER DELETE ON search_texts BEGIN
  INSERT INTO chat_search (chat_search, rowid, owner, content)
  VALUES ('delete', OLD.id, OLD.owner, OLD.content);
END;

CREATE TRIGGER search_texts_update AFTER UPDATE ON search_texts BEGIN
  INSERT INTO chat_search (chat_search, rowid, owner, content)
  VALUES ('delete', OLD.id, OLD.owner, OLD.content);
  INSERT INTO chat_search (rowid, owner, content) VALUES (NEW.id, NEW.owner, NEW.content);
END;
"""


def upgrade() -> None:
    """Create ``folders``, ``attachments``, ``search_texts`` and ``chat_search``; make the turns of
    each conversation a tree, which so far is a single branch."""
    _create_folders()
    _extend_conversations()
    _make_trees()
    _create_attachments()
    _create_search()


def _create_folders() -> None:
    op.create_table(
        "folders",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_folders"),
        sa.UniqueConstraint("user_id", "name", name="uq_folders_user_id_name"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_folders_user_id", ondelete="CASCADE"
        ),
    )


def _extend_conversations() -> None:
    # As SQL: alembic would add the foreign key in a second statement, which SQLite does not have.
    op.execute(
        "ALTER TABLE conversations ADD COLUMN folder_id VARCHAR(32) "
        "CONSTRAINT fk_conversations_folder_id REFERENCES folders (id)"
    )
    op.create_index("ix_conversations_folder_id", "conversations", ["folder_id"])
    op.add_column("conversations", sa.Column("system_prompt", sa.Text(), nullable=True))
    op.add_column(
        "conversations", sa.Column("parameters", sa.JSON(), nullable=False, server_default="{}")
    )
    op.add_column("conversations", sa.Column("active_leaf_id", sa.String(32), nullable=True))


def _make_trees() -> None:
    op.execute(
        "ALTER TABLE messages ADD COLUMN parent_id VARCHAR(32) "
        "CONSTRAINT fk_messages_parent_id REFERENCES messages (id)"
    )
    op.create_index("ix_messages_parent_id", "messages", ["parent_id"])
    op.add_column(
        "messages", sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]")
    )
    op.execute(
        "UPDATE messages SET parent_id = (SELECT earlier.id FROM messages AS earlier "
        "WHERE earlier.conversation_id = messages.conversation_id "
        "AND earlier.position < messages.position ORDER BY earlier.position DESC LIMIT 1)"
    )
    op.execute(
        "UPDATE conversations SET active_leaf_id = (SELECT id FROM messages "
        "WHERE conversation_id = conversations.id ORDER BY position DESC LIMIT 1)"
    )


def _create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_attachments_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_attachments_conversation_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_attachments_user_id_created_at", "attachments", ["user_id", "created_at"])
    op.create_index("ix_attachments_conversation_id", "attachments", ["conversation_id"])


def _create_search() -> None:
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("message_id", sa.String(32), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_texts"),
        sa.UniqueConstraint("message_id", name="uq_search_texts_message_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_search_texts_conversation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_search_texts_message_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_search_texts_conversation_id", "search_texts", ["conversation_id"])
    op.execute(
        "CREATE VIRTUAL TABLE chat_search USING fts5(owner, content, content='search_texts', "
        "content_rowid='id', tokenize=\"unicode61 remove_diacritics 2\")"
    )
    op.execute(
        "INSERT INTO search_texts (owner, conversation_id, content) "
        "SELECT user_id, id, title FROM conversations"
    )
    op.execute(
        "INSERT INTO search_texts (owner, conversation_id, message_id, content) "
        "SELECT c.user_id, c.id, m.id, m.content FROM messages AS m "
        "JOIN conversations AS c ON c.id = m.conversation_id "
        "WHERE m.content <> '' AND m.status <> 'streaming'"
    )
    op.execute("INSERT INTO chat_search (chat_search) VALUES ('rebuild')")
    for trigger in _TRIGGERS.strip().split("\n\n"):
        op.execute(trigger)
    # Makes SQLite's table of statistics now. Made while running (the audit's purge analyses), it
    # would be a change of the schema, and a connection that first meets an FTS5 table just then,
    # in a trigger, forgets its tables half way: "no such table: messages".
    op.execute("ANALYZE audit_logs")
