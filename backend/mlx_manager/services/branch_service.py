"""Branches of a conversation: other versions of a question or a reply, and which one is shown."""

from mlx_manager.db.engine import Database
from mlx_manager.db.messages import Message
from mlx_manager.db.users import User
from mlx_manager.schemas.message import MessageEdit, ReplyAgain, Role
from mlx_manager.services.chat_errors import NotEditable, NothingToAnswer, NothingToCompare
from mlx_manager.services.chat_rows import (
    delete_messages,
    owned_conversation,
    owned_message,
    tree_of,
)
from mlx_manager.services.chat_service import ChatService
from mlx_manager.services.reply_service import ReplyService
from mlx_manager.services.turn import Beside, Follows, Turn


class BranchService:
    """Begins, chooses and deletes branches. Nothing is ever written over."""

    def __init__(self, database: Database, chat: ChatService, replies: ReplyService) -> None:
        self._database = database
        self._chat = chat
        self._replies = replies

    async def edit(self, user: User, message_id: str, edit: MessageEdit, request_id: str) -> Turn:
        """Say something else in a message's place, and begin the reply to that.

        Raises ``NotFound``, ``NotEditable``, ``ReplyRunning`` or ``ShuttingDown``.
        """
        message = await self._chat.find_message(user.id, message_id)
        if message.role is not Role.USER:
            raise NotEditable("Only what a person said can be edited; ask for another reply.")
        return await self._replies.start(
            user, message.conversation_id, edit, request_id, message.parent_id
        )

    async def reply_again(
        self, user: User, message_id: str, again: ReplyAgain, request_id: str
    ) -> Turn:
        """Begin another reply in a reply's place, or one to a message of another kind.

        Raises ``NotFound``, ``NothingToAnswer``, ``ReplyRunning`` or ``ShuttingDown``.
        """
        message = await self._chat.find_message(user.id, message_id)
        follows: Follows = message.id
        if message.role is Role.ASSISTANT:
            follows = _answered_by(message)
        return await self._replies.start(user, message.conversation_id, again, request_id, follows)

    async def compare(
        self, user: User, message_id: str, again: ReplyAgain, request_id: str
    ) -> Turn:
        """Begin another reply beside a reply, which may still be being written.

        Raises ``NotFound``, ``NothingToCompare``, ``NothingToAnswer``, ``ReplyRunning`` or
        ``ShuttingDown``.
        """
        message = await self._chat.find_message(user.id, message_id)
        if message.role is not Role.ASSISTANT:
            raise NothingToCompare("Only a reply can be compared with another; name one.")
        _answered_by(message)
        return await self._replies.start(
            user, message.conversation_id, again, request_id, Beside(message.id)
        )

    async def show(self, user: User, message_id: str) -> Message:
        """Show the newest branch through a message, and nothing beside it. Raises ``NotFound``."""
        async with self._database.writing() as session:
            message = await owned_message(session, user.id, message_id)
            conversation = await owned_conversation(session, user.id, message.conversation_id)
            tree = await tree_of(session, conversation.id)
            conversation.active_leaf_id = tree.leaf_of(message_id)
            conversation.beside_leaf_id = None
            session.add(conversation)
        return message

    async def delete(self, user: User, message_id: str) -> None:
        """Delete a message and all that follow it; what is being written there ends. When that
        was the branch shown, the newest one that is left nearby is. Raises ``NotFound``."""
        async with self._database.writing() as session:
            message = await owned_message(session, user.id, message_id)
            conversation = await owned_conversation(session, user.id, message.conversation_id)
            tree = await tree_of(session, conversation.id)
            gone = tree.branch(message_id)
            left = tree.without(gone)
            await delete_messages(session, gone)
            if conversation.active_leaf_id in gone:
                conversation.active_leaf_id = left.leaf_of(message.parent_id)
                session.add(conversation)
        # Only now: nothing can begin any more that follows what is gone.
        await self._replies.stop_among(conversation.id, gone)


def _answered_by(reply: Message) -> str:
    if reply.parent_id is None:
        raise NothingToAnswer("Nothing was said before this message; write one instead.")
    return reply.parent_id
