"""Conversations and their turns, each belonging to one user."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.columns import utc_now
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.messages import Message
from mlx_manager.errors import NotFound, UnknownToolCall
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.schemas.conversation import ConversationCreate, ConversationUpdate
from mlx_manager.schemas.message import MessageStatus, Role, Said
from mlx_manager.services.paging import Cursor, Slice, take_slice

UNTITLED = "New chat"
_TITLE_LENGTH = 60
_REPLY_COLUMNS = (
    "content",
    "reasoning",
    "tool_calls",
    "status",
    "finish_reason",
    "error",
    "usage",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it was kept: what was said, the reply to be written, and all before the reply."""

    messages: Sequence[Message]
    reply: Message
    history: Sequence[Message]

    @property
    def model(self) -> ModelId:
        """Who is to reply."""
        return ModelId(self.reply.model or GUIDE_MODEL_ID)


class ChatService:
    """Reads and writes conversations. Another user's row is as absent as one that never was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_conversations(
        self, user_id: str, limit: int, after: Cursor | None
    ) -> Slice[Conversation]:
        """A user's chats, the latest first."""
        query = select(Conversation).where(col(Conversation.user_id) == user_id)
        if after is not None:
            earlier = col(Conversation.updated_at) < after.moment
            same = (col(Conversation.updated_at) == after.moment) & (
                col(Conversation.id) < after.id
            )
            query = query.where(earlier | same)
        query = query.order_by(
            col(Conversation.updated_at).desc(), col(Conversation.id).desc()
        ).limit(limit + 1)
        async with self._database.reading() as session:
            rows = (await session.exec(query)).all()
        return take_slice(rows, limit, lambda row: Cursor(row.updated_at, row.id))

    async def create(self, user_id: str, create: ConversationCreate) -> Conversation:
        """Begin a chat."""
        conversation = Conversation(
            user_id=user_id,
            title=create.title or UNTITLED,
            model=create.model or GUIDE_MODEL_ID,
        )
        async with self._database.writing() as session:
            session.add(conversation)
        return conversation

    async def find(self, user_id: str, conversation_id: str) -> Conversation:
        """One chat. Raises ``NotFound``."""
        async with self._database.reading() as session:
            return await _owned(session, user_id, conversation_id)

    async def messages(self, conversation_id: str) -> Sequence[Message]:
        """The turns of a chat, oldest first."""
        async with self._database.reading() as session:
            return await _turns(session, conversation_id)

    async def update(
        self, user_id: str, conversation_id: str, change: ConversationUpdate
    ) -> Conversation:
        """Rename a chat or give it another model. Raises ``NotFound``."""
        async with self._database.writing() as session:
            conversation = await _owned(session, user_id, conversation_id)
            conversation.title = change.title or conversation.title
            conversation.model = change.model or conversation.model
            session.add(conversation)
        return conversation

    async def delete(self, user_id: str, conversation_id: str) -> None:
        """Delete a chat and its turns. Raises ``NotFound``."""
        async with self._database.writing() as session:
            await session.delete(await _owned(session, user_id, conversation_id))

    async def find_message(self, user_id: str, message_id: str) -> Message:
        """One turn. Raises ``NotFound``."""
        query = (
            select(Message)
            .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
            .where(col(Message.id) == message_id, col(Conversation.user_id) == user_id)
        )
        async with self._database.reading() as session:
            message = (await session.exec(query)).first()
        if message is None:
            raise NotFound("There is no such message; it may have been deleted.")
        return message

    async def begin_turn(
        self, user_id: str, conversation_id: str, said: Sequence[Said], model: str | None
    ) -> Turn:
        """Keep a turn and the empty reply to it. Raises ``NotFound``, ``UnknownToolCall``.

        The caller knows that no reply of this conversation runs: one that is still marked so was
        left by a fault, and is settled.
        """
        async with self._database.writing() as session:
            conversation = await _owned(session, user_id, conversation_id)
            await _settle(session, conversation_id)
            earlier = await _turns(session, conversation_id)
            for each in said:
                if each.role is Role.TOOL:
                    _require_call(earlier, each.tool_call_id)
            conversation.model = model or conversation.model
            conversation.updated_at = utc_now()
            if conversation.title == UNTITLED and not earlier:
                conversation.title = title_of(said[0].content)
            position = earlier[-1].position + 1 if earlier else 0
            messages = [
                _message(conversation_id, position + at, each) for at, each in enumerate(said)
            ]
            reply = Message(
                conversation_id=conversation_id,
                position=position + len(messages),
                role=Role.ASSISTANT,
                status=MessageStatus.STREAMING,
                model=conversation.model,
            )
            session.add_all([conversation, *messages, reply])
        return Turn(messages, reply, [*earlier, *messages])

    async def save_reply(self, reply: Message) -> None:
        """Bring a reply's row up to date; one that was deleted meanwhile stays deleted."""
        values = {name: getattr(reply, name) for name in _REPLY_COLUMNS}
        async with self._database.writing() as session:
            await session.exec(update(Message).where(col(Message.id) == reply.id).values(**values))

    async def settle_interrupted(self) -> None:
        """Mark as stopped what a crash left streaming."""
        async with self._database.writing() as session:
            await _settle(session)


def title_of(content: str) -> str:
    """A title from a first message: its first line, cut between words."""
    line = next((line.strip() for line in content.splitlines() if line.strip()), UNTITLED)
    if len(line) <= _TITLE_LENGTH:
        return line
    head, space, _ = line[: _TITLE_LENGTH + 1].rpartition(" ")
    return (head if space else line[:_TITLE_LENGTH]).rstrip(" ,.;:") + "…"


def _message(conversation_id: str, position: int, said: Said) -> Message:
    return Message(
        conversation_id=conversation_id,
        position=position,
        role=said.role,
        content=said.content,
        tool_call_id=said.tool_call_id,
    )


async def _owned(session: AsyncSession, user_id: str, conversation_id: str) -> Conversation:
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None or conversation.user_id != user_id:
        raise NotFound("There is no such conversation; it may have been deleted.")
    return conversation


async def _turns(session: AsyncSession, conversation_id: str) -> Sequence[Message]:
    query = (
        select(Message)
        .where(col(Message.conversation_id) == conversation_id)
        .order_by(col(Message.position))
    )
    return (await session.exec(query)).all()


async def _settle(session: AsyncSession, conversation_id: str | None = None) -> None:
    left = update(Message).where(col(Message.status) == MessageStatus.STREAMING)
    if conversation_id is not None:
        left = left.where(col(Message.conversation_id) == conversation_id)
    await session.exec(left.values(status=MessageStatus.STOPPED))


def _require_call(earlier: Sequence[Message], call_id: str | None) -> None:
    if any(call.id == call_id for message in earlier for call in message.tool_calls):
        return
    raise UnknownToolCall(
        "No message of this conversation made a tool call with this tool_call_id."
    )
