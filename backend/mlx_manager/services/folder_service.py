"""Folders for one's chats."""

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.folders import Folder
from mlx_manager.services.chat_errors import FolderExists
from mlx_manager.services.chat_rows import owned_folder
from mlx_manager.services.paging import Cursor, Slice, take_slice


class FolderService:
    """Reads and writes folders. Another user's is as absent as one that never was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_folders(self, user_id: str, limit: int, after: Cursor | None) -> Slice[Folder]:
        """A user's folders, in the order they were made."""
        query = select(Folder).where(col(Folder.user_id) == user_id)
        if after is not None:
            later = col(Folder.created_at) > after.moment
            same = (col(Folder.created_at) == after.moment) & (col(Folder.id) > after.id)
            query = query.where(later | same)
        query = query.order_by(col(Folder.created_at), col(Folder.id)).limit(limit + 1)
        async with self._database.reading() as session:
            rows = (await session.exec(query)).all()
        return take_slice(rows, limit, lambda row: Cursor(row.created_at, row.id))

    async def create(self, user_id: str, name: str) -> Folder:
        """Make a folder. Raises ``FolderExists``."""
        folder = Folder(user_id=user_id, name=name)
        async with self._database.writing() as session:
            await _require_new_name(session, folder)
            session.add(folder)
        return folder

    async def rename(self, user_id: str, folder_id: str, name: str) -> Folder:
        """Give a folder another name. Raises ``NotFound`` or ``FolderExists``."""
        async with self._database.writing() as session:
            folder = await owned_folder(session, user_id, folder_id)
            folder.name = name
            with session.no_autoflush:
                await _require_new_name(session, folder)
            session.add(folder)
        return folder

    async def delete(self, user_id: str, folder_id: str) -> None:
        """Delete a folder; its chats stay, in none. Raises ``NotFound``."""
        async with self._database.writing() as session:
            folder = await owned_folder(session, user_id, folder_id)
            chats = update(Conversation).where(col(Conversation.folder_id) == folder_id)
            await session.exec(chats.values(folder_id=None))
            await session.delete(folder)


async def _require_new_name(session: AsyncSession, folder: Folder) -> None:
    """Raise ``FolderExists`` when another of the user's folders has the name."""
    same = select(Folder.id).where(
        col(Folder.user_id) == folder.user_id,
        col(Folder.name) == folder.name,
        col(Folder.id) != folder.id,
    )
    if (await session.exec(same)).first() is not None:
        raise FolderExists(f"You have a folder named {folder.name}; choose another name.")
