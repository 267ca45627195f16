"""A turn of a conversation: where it goes, whether it may begin, and what was kept of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from mlx_manager.db.conversations import Conversation
from mlx_manager.db.messages import Message
from mlx_manager.errors import NotFound
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.schemas.message import MessageCreate, MessageEdit, ReplyAgain, ResultsCreate
from mlx_manager.services.message_tree import MessageTree

NewTurn = MessageCreate | ResultsCreate | MessageEdit | ReplyAgain


class Place(Enum):
    """Where a turn goes when no message is named that it follows."""

    ACTIVE_LEAF = auto()


@dataclass(frozen=True, slots=True)
class Beside:
    """In a reply's place, and compared with it: the two may be written at once."""

    reply_id: str


Follows = str | None | Place | Beside
"""The message that a turn follows; None begins another version of the whole conversation."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it was kept: what was said, the reply to be written, and all before the reply.

    ``files`` are the texts of the attachments in ``history``, by their ids.
    """

    conversation: Conversation
    messages: Sequence[Message]
    reply: Message
    history: Sequence[Message]
    files: Mapping[str, str]

    @property
    def model(self) -> ModelId:
        """Who is to reply."""
        return ModelId(self.reply.model or GUIDE_MODEL_ID)


def may_begin(running: Collection[str], follows: Follows) -> bool:
    """Whether a turn may begin while these replies of its conversation are being written: beside
    one that it is compared with, and otherwise beside none."""
    compared = {follows.reply_id} if isinstance(follows, Beside) else set()
    return set(running) <= compared


def leaf_before(tree: MessageTree, conversation: Conversation, follows: Follows) -> str | None:
    """The last message before a turn; None where it is the first. Raises ``NotFound``."""
    if follows is Place.ACTIVE_LEAF:
        return tree.active_leaf(conversation.active_leaf_id)
    named = follows.reply_id if isinstance(follows, Beside) else follows
    if named is not None and named not in tree:
        raise NotFound("This conversation has no such message to follow; it may be deleted.")
    return tree.parent(follows.reply_id) if isinstance(follows, Beside) else named


def show_reply(conversation: Conversation, reply: Message, follows: Follows) -> None:
    """Bring a new reply into view: beside the one that it is compared with, else by itself."""
    if isinstance(follows, Beside):
        conversation.active_leaf_id, conversation.beside_leaf_id = follows.reply_id, reply.id
        return
    conversation.active_leaf_id, conversation.beside_leaf_id = reply.id, None
    conversation.model = reply.model or conversation.model
