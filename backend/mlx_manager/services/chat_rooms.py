"""What surrounds the chats: folders, files, search and transfer."""

from dataclasses import dataclass

from mlx_manager.db.engine import Database
from mlx_manager.services.attachment_service import AttachmentService
from mlx_manager.services.chat_search import ChatSearch
from mlx_manager.services.chat_transfer import ChatTransfer
from mlx_manager.services.folder_service import FolderService


@dataclass(frozen=True, slots=True)
class ChatRooms:
    """The services around ``ChatService`` that need only the database."""

    folders: FolderService
    attachments: AttachmentService
    search: ChatSearch
    transfer: ChatTransfer


def make_chat_rooms(database: Database) -> ChatRooms:
    """Wire them."""
    return ChatRooms(
        folders=FolderService(database),
        attachments=AttachmentService(database),
        search=ChatSearch(database),
        transfer=ChatTransfer(database),
    )
