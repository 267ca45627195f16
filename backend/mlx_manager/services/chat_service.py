"""Conversations and their turns, each belonging to one user."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.columns import utc_now
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.messages import Message
from mlx_manager.errors import BadCursor, UnknownToolCall
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from mlx_manager.schemas.conversation import ConversationCreate, ConversationUpdate
from mlx_manager.schemas.message import MessageStatus, Role, Said
from mlx_manager.services.chat_rows import (
    beside_of,
    bind_attachments,
    files_of,
    messages_of,
    owned_conversation,
    owned_folder,
    owned_message,
    settle,
    tree_of,
)
from mlx_manager.services.message_tree import MessageTree
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.turn import Follows, NewTurn, Place, Turn, leaf_before, show_reply

UNTITLED = "New chat"
NO_FOLDER = "none"
_TITLE_LENGTH = 60
_CAN_BE_NONE = {"folder_id", "system_prompt"}
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
class Branch:
    """A conversation as it is shown: one way through its tree, from the first message on, or a
    page of that from its last message on. ``beside`` is compared with the last message."""

    conversation: Conversation
    messages: Sequence[Message]
    tree: MessageTree
    beside: Message | None
    next_cursor: str | None = None


class ChatService:
    """Reads and writes conversations. Another user's row is as absent as one that never was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_conversations(
        self, user_id: str, limit: int, after: Cursor | None, folder: str | None = None
    ) -> Slice[Conversation]:
        """A user's chats, the latest first; of one folder, or with "none" those in no folder."""
        query = select(Conversation).where(col(Conversation.user_id) == user_id)
        if folder is not None:
            wanted = None if folder == NO_FOLDER else folder
            query = query.where(col(Conversation.folder_id) == wanted)
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
        """Begin a chat. Raises ``NotFound`` for a folder that is not one's own."""
        conversation = Conversation(
            user_id=user_id,
            title=create.title or UNTITLED,
            model=create.model or GUIDE_MODEL_ID,
            folder_id=create.folder_id,
            system_prompt=create.system_prompt,
            parameters=create.parameters,
        )
        async with self._database.writing() as session:
            if create.folder_id is not None:
                await owned_folder(session, user_id, create.folder_id)
            session.add(conversation)
        return conversation

    async def find(self, user_id: str, conversation_id: str) -> Conversation:
        """One chat. Raises ``NotFound``."""
        async with self._database.reading() as session:
            return await owned_conversation(session, user_id, conversation_id)

    async def branch(self, user_id: str, conversation_id: str) -> Branch:
        """A chat with the branch that is shown. Raises ``NotFound``."""
        async with self._database.reading() as session:
            conversation = await owned_conversation(session, user_id, conversation_id)
            tree = await tree_of(session, conversation_id)
            path = tree.path(tree.active_leaf(conversation.active_leaf_id))
            beside = await beside_of(session, conversation, tree)
            return Branch(conversation, await messages_of(session, path), tree, beside)

    async def page(
        self, user_id: str, conversation_id: str, limit: int, after: Cursor | None
    ) -> Branch:
        """The last messages of the branch that is shown, the latest first, or those before
        ``after``. Raises ``NotFound`` or ``BadCursor``."""
        async with self._database.reading() as session:
            conversation = await owned_conversation(session, user_id, conversation_id)
            tree = await tree_of(session, conversation_id)
            path = tree.path(tree.active_leaf(conversation.active_leaf_id))
            if after is not None:
                if after.id not in path:
                    raise BadCursor(
                        "Another branch is shown now; start the list again without a cursor."
                    )
                path = path[: path.index(after.id)]
            rows = (await messages_of(session, path[-limit - 1 :]))[::-1]
            beside = await beside_of(session, conversation, tree)
        found = take_slice(rows, limit, lambda row: Cursor(row.created_at, row.id))
        return Branch(conversation, found.items, tree, beside, found.next_cursor)

    async def update(
        self, user_id: str, conversation_id: str, change: ConversationUpdate
    ) -> Conversation:
        """Change what is given. Raises ``NotFound``, also for a folder."""
        async with self._database.writing() as session:
            conversation = await owned_conversation(session, user_id, conversation_id)
            if change.folder_id is not None:
                await owned_folder(session, user_id, change.folder_id)
            for name in change.model_fields_set:
                value = getattr(change, name)
                if value is not None or name in _CAN_BE_NONE:
                    setattr(conversation, name, value)
            session.add(conversation)
        return conversation

    async def delete(self, user_id: str, conversation_id: str) -> None:
        """Delete a chat and its turns. Raises ``NotFound``."""
        async with self._database.writing() as session:
            await session.delete(await owned_conversation(session, user_id, conversation_id))

    async def find_message(self, user_id: str, message_id: str) -> Message:
        """One turn. Raises ``NotFound``."""
        async with self._database.reading() as session:
            return await owned_message(session, user_id, message_id)

    async def begin_turn(
        self,
        user_id: str,
        conversation_id: str,
        create: NewTurn,
        follows: Follows = Place.ACTIVE_LEAF,
        running: Collection[str] = (),
    ) -> Turn:
        """Keep a turn and the empty reply to it, and show their branch. Raises ``NotFound``,
        ``UnknownToolCall``.

        ``running`` are the replies of this conversation that are being written: another that is
        still marked so was left by a fault, and is settled.
        """
        async with self._database.writing() as session:
            conversation = await owned_conversation(session, user_id, conversation_id)
            await settle(session, conversation_id, running)
            tree = await tree_of(session, conversation_id)
            path = tree.path(leaf_before(tree, conversation, follows))
            earlier = await messages_of(session, path)
            for each in create.said:
                if each.role is Role.TOOL:
                    _require_call(earlier, each.tool_call_id)
            messages = [await _message(session, conversation, each) for each in create.said]
            conversation.updated_at = utc_now()
            if conversation.title == UNTITLED and not tree.next_position:
                conversation.title = _title_of_turn(messages)
            reply = Message(
                conversation_id=conversation_id,
                position=0,
                role=Role.ASSISTANT,
                status=MessageStatus.STREAMING,
                model=create.model or conversation.model,
                json_schema=create.json_schema,
            )
            _put_after(earlier, tree.next_position, [*messages, reply])
            show_reply(conversation, reply, follows)
            session.add_all([conversation, *messages, reply])
            history = [*earlier, *messages]
            return Turn(conversation, messages, reply, history, await files_of(session, history))

    async def save_reply(self, reply: Message) -> None:
        """Bring a reply's row up to date; one that was deleted meanwhile stays deleted."""
        values = {name: getattr(reply, name) for name in _REPLY_COLUMNS}
        async with self._database.writing() as session:
            await session.exec(update(Message).where(col(Message.id) == reply.id).values(**values))

    async def settle_interrupted(self) -> None:
        """Mark as stopped what a crash left streaming."""
        async with self._database.writing() as session:
            await settle(session)


def title_of(content: str) -> str:
    """A title from a first message: its first line, cut between words."""
    line = next((line.strip() for line in content.splitlines() if line.strip()), UNTITLED)
    if len(line) <= _TITLE_LENGTH:
        return line
    head, space, _ = line[: _TITLE_LENGTH + 1].rpartition(" ")
    return (head if space else line[:_TITLE_LENGTH]).rstrip(" ,.;:") + "…"


def _title_of_turn(messages: Sequence[Message]) -> str:
    """Of a question without words, the name of what came with it."""
    if not messages:
        return UNTITLED
    first = messages[0]
    return title_of(first.content if first.content.strip() else first.attachments[0].name)


async def _message(session: AsyncSession, conversation: Conversation, said: Said) -> Message:
    return Message(
        conversation_id=conversation.id,
        position=0,
        role=said.role,
        content=said.content,
        tool_call_id=said.tool_call_id,
        attachments=await bind_attachments(session, conversation, said.attachments),
    )


def _put_after(earlier: Sequence[Message], position: int, messages: Sequence[Message]) -> None:
    """Chain new messages to the last of ``earlier``, the first one at ``position``."""
    parent_id = earlier[-1].id if earlier else None
    for at, message in enumerate(messages):
        message.position, message.parent_id = position + at, parent_id
        parent_id = message.id


def _require_call(earlier: Sequence[Message], call_id: str | None) -> None:
    if any(call.id == call_id for message in earlier for call in message.tool_calls):
        return
    raise UnknownToolCall(
        "No message of this conversation made a tool call with this tool_call_id."
    )
