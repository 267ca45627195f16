"""Reading conversations and their messages within a session that somebody else holds."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy
from sqlalchemy import delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.attachments import Attachment
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.folders import Folder
from mlx_manager.db.messages import Message
from mlx_manager.errors import NotFound
from mlx_manager.schemas.attachment import AttachmentRef
from mlx_manager.schemas.message import MessageStatus
from mlx_manager.services.message_tree import MessageTree, Node


async def owned_conversation(
    session: AsyncSession, user_id: str, conversation_id: str
) -> Conversation:
    """One's own conversation. Raises ``NotFound``, for another's as for none."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None or conversation.user_id != user_id:
        raise NotFound("There is no such conversation; it may have been deleted.")
    return conversation


async def owned_message(session: AsyncSession, user_id: str, message_id: str) -> Message:
    """One turn of one's own. Raises ``NotFound``."""
    query = (
        select(Message)
        .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
        .where(col(Message.id) == message_id, col(Conversation.user_id) == user_id)
    )
    message = (await session.exec(query)).first()
    if message is None:
        raise NotFound("There is no such message; it may have been deleted.")
    return message


async def owned_folder(session: AsyncSession, user_id: str, folder_id: str) -> Folder:
    """One's own folder. Raises ``NotFound``."""
    folder = await session.get(Folder, folder_id)
    if folder is None or folder.user_id != user_id:
        raise NotFound("There is no such folder; it may have been deleted.")
    return folder


async def tree_of(session: AsyncSession, conversation_id: str) -> MessageTree:
    """The shape of a conversation, without its texts."""
    query: Any = sqlalchemy.select(
        col(Message.id), col(Message.parent_id), col(Message.position)
    ).where(col(Message.conversation_id) == conversation_id)
    return MessageTree(Node(*row) for row in (await session.exec(query)).all())


async def messages_of(session: AsyncSession, ids: Iterable[str]) -> Sequence[Message]:
    """The messages with these ids, in the order of writing; of a path that is its own."""
    query = select(Message).where(_is_among(col(Message.id), ids)).order_by(col(Message.position))
    return (await session.exec(query)).all()


async def beside_of(
    session: AsyncSession, conversation: Conversation, tree: MessageTree
) -> Message | None:
    """The reply that the last message shown is compared with."""
    leaf = tree.active_leaf(conversation.active_leaf_id)
    beside_id = tree.beside(leaf, conversation.beside_leaf_id)
    return None if beside_id is None else await session.get(Message, beside_id)


async def delete_messages(session: AsyncSession, ids: Iterable[str]) -> None:
    """Delete messages whose every successor is among them."""
    await session.exec(delete(Message).where(_is_among(col(Message.id), ids)))


async def bind_attachments(
    session: AsyncSession, conversation: Conversation, ids: Sequence[str]
) -> list[AttachmentRef]:
    """Make uploaded files this conversation's, in the order given. Raises ``NotFound``."""
    found: list[AttachmentRef] = []
    for attachment_id in ids:
        file = await session.get(Attachment, attachment_id)
        if (
            file is None
            or file.user_id != conversation.user_id
            or file.conversation_id not in {None, conversation.id}
        ):
            raise NotFound(
                f"There is no file {attachment_id} for this conversation; upload it (again) first."
            )
        file.conversation_id = conversation.id
        session.add(file)
        found.append(AttachmentRef.model_validate(file))
    return found


async def files_of(session: AsyncSession, messages: Iterable[Message]) -> dict[str, str]:
    """The text of every file that came with these messages, by its id."""
    ids = {ref.id for message in messages for ref in message.attachments}
    if not ids:
        return {}
    query: Any = sqlalchemy.select(col(Attachment.id), col(Attachment.content)).where(
        _is_among(col(Attachment.id), ids)
    )
    return {row[0]: row[1] for row in (await session.exec(query)).all()}


async def settle(
    session: AsyncSession, conversation_id: str | None = None, running: Collection[str] = ()
) -> None:
    """Mark what is left streaming as stopped, in one conversation or in all; not those that
    are ``running``."""
    left = update(Message).where(col(Message.status) == MessageStatus.STREAMING)
    if conversation_id is not None:
        left = left.where(col(Message.conversation_id) == conversation_id)
    left = left.where(col(Message.id).not_in(running))
    await session.exec(left.values(status=MessageStatus.STOPPED))


def _is_among(column: Any, ids: Iterable[str]) -> Any:
    """``IN`` with one bound value, of whatever length: a long chat has more messages than SQLite
    allows bound values."""
    among = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(sqlalchemy.select(among.c.value))
