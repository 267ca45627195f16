"""/api/chat/folders: where one keeps one's chats apart."""

from fastapi import APIRouter, Response

from mlx_manager.db.folders import Folder
from mlx_manager.dependencies import After, CurrentUser, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.folder import FolderReply, FolderWrite
from mlx_manager.schemas.page import Page

router = APIRouter(prefix="/api/chat/folders", tags=["chat"], responses=error_replies(401))


@router.get("", responses=error_replies(400))
async def list_folders(
    services: Services, user: CurrentUser, after: After, limit: Limit = 50
) -> Page[FolderReply]:
    """One's folders, in the order they were made."""
    found = await services.chat_rooms.folders.list_folders(user.id, limit, after)
    return Page(
        items=[FolderReply.model_validate(row) for row in found.items],
        next_cursor=found.next_cursor,
    )


@router.post("", status_code=201, response_model=FolderReply, responses=error_replies(409))
async def create_folder(services: Services, user: CurrentUser, body: FolderWrite) -> Folder:
    """Make a folder."""
    return await services.chat_rooms.folders.create(user.id, body.name)


@router.patch("/{folder_id}", response_model=FolderReply, responses=error_replies(404, 409))
async def rename_folder(
    services: Services, user: CurrentUser, folder_id: str, body: FolderWrite
) -> Folder:
    """Give a folder another name."""
    return await services.chat_rooms.folders.rename(user.id, folder_id, body.name)


@router.delete("/{folder_id}", status_code=204, responses=error_replies(404))
async def delete_folder(services: Services, user: CurrentUser, folder_id: str) -> Response:
    """Delete a folder; its chats stay, in none."""
    await services.chat_rooms.folders.delete(user.id, folder_id)
    return Response(status_code=204)
