"""``mlx_server.core.response_store.ResponseStore`` in the manager's database."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import literal
from sqlmodel import col, delete, select

from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.responses import Response
from mlx_manager.mlx_server.core.response_store import StoredResponse
from mlx_manager.services.v1_authenticator import USER_SCOPE

KEPT_FOR = timedelta(days=30)
"""As long as OpenAI keeps them."""


class DatabaseResponseStore:
    """Responses by owner and id. Those of a user are deleted with the account, all others after
    ``KEPT_FOR``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, owner: str, stored: StoredResponse) -> None:
        """Keep a response, in the place of an earlier state of it, and drop those kept too long."""
        row = Response(
            id=stored.id,
            owner=owner,
            user_id=owner.removeprefix(USER_SCOPE) if owner.startswith(USER_SCOPE) else None,
            previous_id=stored.previous_id,
            body=dict(stored.body),
            input_items=[dict(item) for item in stored.input_items],
        )
        async with self._database.writing() as session:
            await session.exec(
                delete(Response).where(col(Response.created_at) < utc_now() - KEPT_FOR)
            )
            await session.merge(row)

    async def get(self, owner: str, response_id: str) -> StoredResponse | None:
        """One response, or None when this owner has no such one."""
        query = select(Response).where(Response.id == response_id, Response.owner == owner)
        async with self._database.reading() as session:
            row = (await session.exec(query)).first()
        return None if row is None else _stored(row)

    async def lineage(self, owner: str, response_id: str) -> Sequence[StoredResponse]:
        """A response and all that it continues, oldest first, in one query."""
        start = (
            select(col(Response.id), col(Response.previous_id), literal(0).label("back"))
            .where(Response.id == response_id, Response.owner == owner)
            .cte("lineage", recursive=True)
        )
        lineage = start.union_all(
            select(col(Response.id), col(Response.previous_id), start.c.back + 1)
            .join(start, col(Response.id) == start.c.previous_id)
            .where(Response.owner == owner)
        )
        query = (
            select(Response)
            .join(lineage, col(Response.id) == lineage.c.id)
            .order_by(lineage.c.back.desc())
        )
        async with self._database.reading() as session:
            return [_stored(row) for row in await session.exec(query)]

    async def delete(self, owner: str, response_id: str) -> bool:
        """Forget a response; False when this owner has no such one."""
        query = delete(Response).where(
            col(Response.id) == response_id, col(Response.owner) == owner
        )
        async with self._database.writing() as session:
            return (await session.exec(query)).rowcount == 1


def _stored(row: Response) -> StoredResponse:
    return StoredResponse(row.body, row.input_items)
