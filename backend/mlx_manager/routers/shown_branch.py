"""A conversation's branch as the routes show it."""

from mlx_manager.db.messages import Message
from mlx_manager.schemas.conversation import ConversationDetail, ConversationWhole
from mlx_manager.schemas.message import MessageReply, PlacedMessage
from mlx_manager.services.chat_service import Branch


def shown_branch(branch: Branch) -> ConversationDetail:
    """The conversation with all messages of the branch."""
    return ConversationDetail(
        **ConversationWhole.model_validate(branch.conversation).model_dump(),
        messages=[shown_message(branch, message) for message in branch.messages],
    )


def shown_message(branch: Branch, message: Message) -> PlacedMessage:
    """One of its messages, with the versions of it and the one that it is compared with."""
    versions = list(branch.tree.versions(message.id))
    beside = branch.beside
    if beside is not None and beside.id not in versions:
        beside = None
    return PlacedMessage(
        **MessageReply.model_validate(message).model_dump(),
        versions=versions,
        beside=None if beside is None else MessageReply.model_validate(beside),
    )
