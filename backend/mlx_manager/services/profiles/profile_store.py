"""Profiles in the database."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.errors import NotFound
from mlx_manager.services.paging import Cursor
from mlx_manager.services.profiles.conflicts import ProfileNameTaken


class ProfileStore:
    """Rows in and out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, row: ServerProfile) -> None:
        """Keep a new one. Raises ``ProfileNameTaken``."""
        try:
            async with self._database.writing() as session:
                session.add(row)
        except IntegrityError as error:
            raise name_taken(row.name) from error

    async def update(self, profile_id: str, values: dict[str, object]) -> ServerProfile:
        """Change columns. Raises ``NotFound`` or ``ProfileNameTaken``."""
        try:
            async with self._database.writing() as session:
                row = _required(await session.get(ServerProfile, profile_id))
                for name, value in values.items():
                    setattr(row, name, value)
                row.updated_at = utc_now()
                session.add(row)
        except IntegrityError as error:
            raise name_taken(str(values.get("name"))) from error
        return row

    async def delete(self, profile_id: str) -> None:
        """Forget one. Raises ``NotFound``."""
        async with self._database.writing() as session:
            await session.delete(_required(await session.get(ServerProfile, profile_id)))

    async def find(self, profile_id: str) -> ServerProfile:
        """One row. Raises ``NotFound``."""
        async with self._database.reading() as session:
            return _required(await session.get(ServerProfile, profile_id))

    async def all(self) -> Sequence[ServerProfile]:
        """Every row, in the order they were made."""
        async with self._database.reading() as session:
            query = select(ServerProfile).order_by(col(ServerProfile.created_at))
            return (await session.exec(query)).all()

    async def page(self, limit: int, after: Cursor | None) -> Sequence[ServerProfile]:
        """Up to ``limit`` and one, in the order they were made."""
        query = select(ServerProfile)
        if after is not None:
            later = col(ServerProfile.created_at) > after.moment
            same = (col(ServerProfile.created_at) == after.moment) & (
                col(ServerProfile.id) > after.id
            )
            query = query.where(later | same)
        query = query.order_by(col(ServerProfile.created_at), col(ServerProfile.id))
        async with self._database.reading() as session:
            return (await session.exec(query.limit(limit + 1))).all()

    async def names_on(self, model: str) -> Sequence[str]:
        """The names of the profiles that stand for a model."""
        query = select(ServerProfile.name).where(ServerProfile.model == model)
        async with self._database.reading() as session:
            return (await session.exec(query.order_by(ServerProfile.name))).all()


def name_taken(name: str) -> ProfileNameTaken:
    """For a second profile of that name."""
    return ProfileNameTaken(f"There is a profile named {name!r} already; choose another name.")


def _required(row: ServerProfile | None) -> ServerProfile:
    if row is None:
        raise NotFound("There is no such profile; it may have been deleted.")
    return row
