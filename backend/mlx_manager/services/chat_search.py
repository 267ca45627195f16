"""Searching one's own chats, best first."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, text

from mlx_manager.db.columns import UtcDateTime
from mlx_manager.db.engine import Database
from mlx_manager.errors import BadCursor
from mlx_manager.schemas.chat_search import SearchHit, SearchQuery
from mlx_manager.schemas.message import Role
from mlx_manager.services.paging import Cursor, Slice
from mlx_manager.services.search_query import (
    MATCH_BEGINS,
    MATCH_ENDS,
    search_expression,
    snippet_parts,
)

MOST_HITS = 1000
_SNIPPET_TOKENS = 24
_EPOCH = datetime.fromtimestamp(0, UTC)

# Of equal ranks the later entry comes first.
_FIND = text(
    """
    SELECT texts.conversation_id, chats.title, texts.message_id, messages.role,
           COALESCE(messages.created_at, chats.created_at) AS created_at,
           snippet(chat_search, 1, :begins, :ends, '…', :tokens) AS snippet
    FROM chat_search
    JOIN search_texts AS texts ON texts.id = chat_search.rowid
    JOIN conversations AS chats ON chats.id = texts.conversation_id
    LEFT JOIN messages ON messages.id = texts.message_id
    WHERE chat_search MATCH :wanted AND chats.user_id = :owner
    ORDER BY bm25(chat_search, 0.0, 1.0), texts.id DESC
    LIMIT :limit OFFSET :offset
    """
).columns(created_at=UtcDateTime)


class ChatSearch:
    """Reads the index that the database keeps by itself (``db.search_texts``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, user_id: str, wanted: SearchQuery) -> Slice[SearchHit]:
        """What has all of the words, the best first, at most ``MOST_HITS``. Raises
        ``BadCursor``."""
        expression = search_expression(user_id, wanted.q)
        offset = 0 if wanted.cursor is None else _offset(wanted.cursor)
        if expression is None:
            return Slice([], None)
        bound = {
            "begins": MATCH_BEGINS,
            "ends": MATCH_ENDS,
            "tokens": _SNIPPET_TOKENS,
            "wanted": expression,
            "owner": user_id,
            "limit": wanted.limit + 1,
            "offset": offset,
        }
        async with self._database.reading() as session:
            connection = await session.connection()
            rows = (await connection.execute(_FIND, bound)).all()
        hits = [_hit(row) for row in rows[: wanted.limit]]
        end = offset + wanted.limit
        if len(rows) <= wanted.limit or end >= MOST_HITS:
            return Slice(hits, None)
        # Ranks shift as chats grow, so a place in this list can only be a number.
        return Slice(hits, Cursor(_EPOCH, str(end)).encode())


def _hit(row: Row[Any]) -> SearchHit:
    created_at: datetime = row.created_at
    return SearchHit(
        conversation_id=row.conversation_id,
        title=row.title,
        message_id=row.message_id,
        role=None if row.role is None else Role(row.role),
        created_at=created_at,
        snippet=snippet_parts(row.snippet),
    )


def _offset(cursor: str) -> int:
    place = Cursor.decode(cursor).id
    if not (place.isascii() and place.isdecimal()) or len(place) > 4:
        raise BadCursor("This cursor is not one of ours; start the list again without it.")
    return int(place)
