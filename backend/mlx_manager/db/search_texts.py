"""The ``search_texts`` table: what the search in chats reads, written by triggers alone.

``chat_search`` is the FTS5 table over it (https://www.sqlite.org/fts5.html): its content is this
table's, row by row. A table of its own because FTS5 needs whole numbers for keys that stay, which
the rows of ``messages`` do not have.
"""

from sqlalchemy import Column, ForeignKey, Integer, Text
from sqlmodel import Field

from mlx_manager.db.columns import Row, id_type

SEARCH_TABLE = "chat_search"


class SearchText(Row, table=True):
    """A message's text, or with no ``message_id`` a chat's title. ``owner`` is the user's id: a
    column of the index, so that a search reads nobody else's entries."""

    __tablename__ = "search_texts"

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    owner: str = Field(sa_column=Column(id_type(), nullable=False))
    conversation_id: str = Field(
        sa_column=Column(
            id_type(),
            ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        )
    )
    message_id: str | None = Field(
        default=None,
        sa_column=Column(
            id_type(), ForeignKey("messages.id", ondelete="CASCADE"), nullable=True, unique=True
        ),
    )
    content: str = Field(sa_column=Column(Text, nullable=False))
