"""Chats as files: out of the database, and in again under new ids."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import sqlalchemy
from pydantic import ValidationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.attachments import Attachment
from mlx_manager.db.columns import utc_now
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.folders import Folder
from mlx_manager.db.messages import Message
from mlx_manager.schemas.chat_export import ChatExport, ExportedConversation
from mlx_manager.services.attachment_service import require_room
from mlx_manager.services.chat_errors import NotAnExport
from mlx_manager.services.chat_markdown import from_markdown, not_an_export, to_markdown
from mlx_manager.services.chat_rows import owned_conversation
from mlx_manager.services.exported_rows import exported, imported_messages


class ChatTransfer:
    """Exports and imports one user's chats."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export_json(self, user_id: str, conversation_id: str) -> str:
        """One chat with all its branches. Raises ``NotFound``."""
        chat = await self._read(user_id, conversation_id)
        return ChatExport(conversations=[chat]).model_dump_json(indent=1)

    async def export_markdown(self, user_id: str, conversation_id: str) -> str:
        """The branch of one chat that is shown. Raises ``NotFound``."""
        return to_markdown(await self._read(user_id, conversation_id))

    async def export_all(self, user_id: str) -> AsyncIterator[str]:
        """Every chat, the latest first, as pieces of one file; one at a time in memory."""
        query = (
            select(Conversation.id)
            .where(col(Conversation.user_id) == user_id)
            .order_by(col(Conversation.updated_at).desc(), col(Conversation.id).desc())
        )
        async with self._database.reading() as session:
            ids = (await session.exec(query)).all()
        head, _, tail = ChatExport(conversations=[]).model_dump_json().rpartition("]")
        yield head
        comma = ""
        for conversation_id in ids:
            async with self._database.reading() as session:
                conversation = await session.get(Conversation, conversation_id)
                if conversation is None:  # deleted meanwhile
                    continue
                chat = await _exported(session, conversation)
            yield comma + chat.model_dump_json()
            comma = ","
        yield f"]{tail}"

    async def import_json(self, user_id: str, data: bytes) -> list[str]:
        """Make the chats of a file, all or none; their ids. Raises ``NotAnExport`` or
        ``AttachmentsFull``."""
        try:
            export = await asyncio.to_thread(ChatExport.model_validate_json, data)
        except ValidationError as error:
            raise not_an_export(error) from error
        return await self._write(user_id, export.conversations)

    async def import_markdown(self, user_id: str, data: bytes) -> list[str]:
        """Make the chat of a file; its id. Raises ``NotAnExport`` or ``AttachmentsFull``."""
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise NotAnExport("This Markdown is not in UTF-8; save it so.") from error
        return await self._write(user_id, [await asyncio.to_thread(from_markdown, text)])

    async def _read(self, user_id: str, conversation_id: str) -> ExportedConversation:
        async with self._database.reading() as session:
            conversation = await owned_conversation(session, user_id, conversation_id)
            return await _exported(session, conversation)

    async def _write(self, user_id: str, chats: list[ExportedConversation]) -> list[str]:
        # They come to the top, in the order of the file: by their own times a retention that is
        # set would delete them at once.
        now, ids = utc_now(), []
        async with self._database.writing() as session:
            folders = await _folders(session, user_id)
            for at, chat in enumerate(chats):
                folder = folders.get(chat.folder or "")
                if folder is None and chat.folder is not None:
                    folder = folders[chat.folder] = Folder(user_id=user_id, name=chat.folder)
                    session.add(folder)
                    await session.flush()
                conversation = Conversation(
                    user_id=user_id,
                    title=chat.title,
                    model=chat.model,
                    folder_id=None if folder is None else folder.id,
                    system_prompt=chat.system_prompt,
                    parameters=chat.parameters,
                    created_at=chat.created_at,
                    updated_at=now - timedelta(microseconds=at),
                )
                messages, files = imported_messages(conversation, chat)
                session.add(conversation)
                await session.flush()
                await require_room(session, user_id, sum(file.size_bytes for file in files))
                session.add_all([*files, *messages])
                await session.flush()
                ids.append(conversation.id)
        return ids


async def _exported(session: AsyncSession, conversation: Conversation) -> ExportedConversation:
    in_order = (
        select(Message)
        .where(col(Message.conversation_id) == conversation.id)
        .order_by(col(Message.position))
    )
    messages = (await session.exec(in_order)).all()
    # SQLModel's own takes no list of columns.
    texts: Any = sqlalchemy.select(col(Attachment.id), col(Attachment.content)).where(
        col(Attachment.conversation_id) == conversation.id
    )
    files = {row[0]: row[1] for row in (await session.exec(texts)).all()}
    folder = None
    if conversation.folder_id is not None:
        folder = await session.get(Folder, conversation.folder_id)
    return exported(conversation, folder, messages, files)


async def _folders(session: AsyncSession, user_id: str) -> dict[str, Folder]:
    rows = await session.exec(select(Folder).where(col(Folder.user_id) == user_id))
    return {folder.name: folder for folder in rows.all()}
