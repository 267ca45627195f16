"""Between the rows of a conversation and its exported form. Pure."""

from collections.abc import Mapping, Sequence

from mlx_manager.db.attachments import Attachment
from mlx_manager.db.columns import new_id
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.folders import Folder
from mlx_manager.db.messages import Message
from mlx_manager.schemas.attachment import AttachmentRef
from mlx_manager.schemas.chat_export import ExportedConversation, ExportedFile, ExportedMessage
from mlx_manager.schemas.message import MessageStatus

_SAME = (
    "role",
    "content",
    "reasoning",
    "tool_calls",
    "tool_call_id",
    "status",
    "finish_reason",
    "error",
    "usage",
    "model",
    "json_schema",
    "created_at",
)
"""What a message's row and its exported form have in common."""


def exported(
    conversation: Conversation,
    folder: Folder | None,
    messages: Sequence[Message],
    files: Mapping[str, str],
) -> ExportedConversation:
    """A conversation as a file has it; ``messages`` in the order of writing, ``files`` texts by
    id. What we have kept is taken as it is: it was checked on its way in."""
    numbers = {message.id: number for number, message in enumerate(messages)}
    return ExportedConversation.model_construct(
        title=conversation.title,
        model=conversation.model,
        folder=None if folder is None else folder.name,
        system_prompt=conversation.system_prompt,
        parameters=conversation.parameters,
        created_at=conversation.created_at,
        shown=numbers.get(conversation.active_leaf_id or ""),
        messages=[_exported_message(message, numbers, files) for message in messages],
    )


def _exported_message(
    message: Message, numbers: Mapping[str, int], files: Mapping[str, str]
) -> ExportedMessage:
    return ExportedMessage.model_construct(
        id=numbers[message.id],
        parent=None if message.parent_id is None else numbers[message.parent_id],
        files=[
            ExportedFile(name=ref.name, media_type=ref.media_type, content=files[ref.id])
            for ref in message.attachments
            if ref.id in files
        ],
        **{name: getattr(message, name) for name in _SAME},
    )


def imported_messages(
    conversation: Conversation, chat: ExportedConversation
) -> tuple[list[Message], list[Attachment]]:
    """New rows for a conversation, and which of them it shows; parents come first."""
    messages: list[Message] = []
    files: list[Attachment] = []
    ids: dict[int, str] = {}
    for position, message in enumerate(chat.messages):
        own = [_file(conversation, file) for file in message.files]
        row = Message(
            conversation_id=conversation.id,
            position=position,
            parent_id=None if message.parent is None else ids[message.parent],
            attachments=[AttachmentRef.model_validate(file) for file in own],
            **{name: getattr(message, name) for name in _SAME},
        )
        if row.status is MessageStatus.STREAMING:  # nobody writes it here
            row.status = MessageStatus.STOPPED
        ids[message.id] = row.id
        messages.append(row)
        files.extend(own)
    if chat.shown is not None:
        conversation.active_leaf_id = ids[chat.shown]
    return messages, files


def _file(conversation: Conversation, file: ExportedFile) -> Attachment:
    return Attachment(
        id=new_id(),
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        name=file.name,
        media_type=file.media_type,
        size_bytes=len(file.content.encode()),
        content=file.content,
    )
