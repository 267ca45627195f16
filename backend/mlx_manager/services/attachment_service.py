"""Text files for one's chats: kept from the upload on, each one its owner's alone."""

from typing import Any

import sqlalchemy
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.attachments import Attachment
from mlx_manager.db.engine import Database
from mlx_manager.errors import NotFound
from mlx_manager.services.chat_errors import AttachmentInUse, AttachmentsFull, AttachmentTooLarge
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.text_file import plain_name, text_of

MOST_FILE_BYTES = 1024 * 1024
MOST_USER_BYTES = 256 * 1024 * 1024
_SHOWN = ("id", "conversation_id", "name", "media_type", "size_bytes", "created_at")


class AttachmentService:
    """Keeps files until they are deleted, their conversation is, or for a day when none has them.
    Another user's file is as absent as one that never was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, user_id: str, name: str, media_type: str, data: bytes) -> Attachment:
        """Keep a file. Raises ``AttachmentTooLarge``, ``NotText`` or ``AttachmentsFull``."""
        name = plain_name(name)
        if len(data) > MOST_FILE_BYTES:
            raise AttachmentTooLarge(
                f"{name} has {len(data)} bytes and may have {MOST_FILE_BYTES}; send the part that "
                "matters."
            )
        content = text_of(name, data)
        attachment = Attachment(
            user_id=user_id,
            name=name,
            media_type=media_type,
            size_bytes=len(content.encode()),
            content=content,
        )
        async with self._database.writing() as session:
            await require_room(session, user_id, attachment.size_bytes)
            session.add(attachment)
        return attachment

    async def list_attachments(self, user_id: str, limit: int, after: Cursor | None) -> Slice[Any]:
        """A user's files without their texts, the latest first."""
        # SQLModel's own takes no list of columns.
        columns = [col(getattr(Attachment, name)) for name in _SHOWN]
        query: Any = sqlalchemy.select(*columns).where(col(Attachment.user_id) == user_id)
        if after is not None:
            earlier = col(Attachment.created_at) < after.moment
            same = (col(Attachment.created_at) == after.moment) & (col(Attachment.id) < after.id)
            query = query.where(earlier | same)
        query = query.order_by(col(Attachment.created_at).desc(), col(Attachment.id).desc()).limit(
            limit + 1
        )
        async with self._database.reading() as session:
            rows = (await session.exec(query)).all()
        return take_slice(rows, limit, lambda row: Cursor(row.created_at, row.id))

    async def find(self, user_id: str, attachment_id: str) -> Attachment:
        """One file with its text. Raises ``NotFound``."""
        async with self._database.reading() as session:
            return await _owned(session, user_id, attachment_id)

    async def delete(self, user_id: str, attachment_id: str) -> None:
        """Delete a file that no message has. Raises ``NotFound`` or ``AttachmentInUse``."""
        async with self._database.writing() as session:
            attachment = await _owned(session, user_id, attachment_id)
            if attachment.conversation_id is not None:
                raise AttachmentInUse(
                    f"{attachment.name} is part of a conversation; delete that to delete the file."
                )
            await session.delete(attachment)


async def _owned(session: AsyncSession, user_id: str, attachment_id: str) -> Attachment:
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or attachment.user_id != user_id:
        raise NotFound("There is no such file; it may have been deleted.")
    return attachment


async def require_room(session: AsyncSession, user_id: str, more_bytes: int) -> None:
    """Raise ``AttachmentsFull`` where so much more would be too much for one user."""
    if not more_bytes:
        return
    query = select(func.coalesce(func.sum(Attachment.size_bytes), 0)).where(
        col(Attachment.user_id) == user_id
    )
    if int((await session.exec(query)).one()) + more_bytes > MOST_USER_BYTES:
        raise AttachmentsFull(
            f"Your files may take {MOST_USER_BYTES} bytes in all; delete some, or conversations "
            "that have some."
        )
