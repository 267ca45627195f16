"""/api/chat: chats as files, out and in."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.chat_export import ChatExport, ImportReply

router = APIRouter(prefix="/api/chat", tags=["chat"], responses=error_replies(401))

Format = Annotated[
    Literal["json", "markdown"],
    Query(description="`json` has every branch, `markdown` the one that is shown."),
]
_JSON, _MARKDOWN = "application/json", "text/markdown"
_FILE_OF_CHATS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": {"$ref": "#/components/schemas/ChatExport"}},
            _MARKDOWN: {"schema": {"type": "string"}},
        },
    }
}


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"model": ChatExport, "description": "All of one's chats."}},
)
async def export_chats(services: Services, user: CurrentUser) -> StreamingResponse:
    """Every chat of one's own with all its branches, as one file of JSON."""
    pieces = services.chat_rooms.transfer.export_all(user.id)
    return StreamingResponse(pieces, media_type=_JSON, headers=_saved_as("chats.json"))


@router.get(
    "/conversations/{conversation_id}/export",
    response_class=Response,
    responses={
        200: {"model": ChatExport, "content": {_MARKDOWN: {}}, "description": "The chat."},
        **error_replies(404),
    },
)
async def export_chat(
    services: Services, user: CurrentUser, conversation_id: str, format: Format = "json"
) -> Response:
    """One chat as a file, which `POST /api/chat/import` reads."""
    transfer = services.chat_rooms.transfer
    if format == "json":
        text = await transfer.export_json(user.id, conversation_id)
        return Response(text, media_type=_JSON, headers=_saved_as("chat.json"))
    text = await transfer.export_markdown(user.id, conversation_id)
    return Response(text, media_type=_MARKDOWN, headers=_saved_as("chat.md"))


@router.post(
    "/import",
    status_code=201,
    responses=error_replies(400, 409, 413),
    openapi_extra=_FILE_OF_CHATS,
)
async def import_chats(services: Services, user: CurrentUser, request: Request) -> ImportReply:
    """Make chats of a file that was exported: JSON, or with the content type `text/markdown` one
    chat as Markdown. All of them or, when something is wrong with one, none."""
    transfer, data = services.chat_rooms.transfer, await request.body()
    if request.headers.get("content-type", "").strip().lower().startswith(_MARKDOWN):
        ids = await transfer.import_markdown(user.id, data)
    else:
        ids = await transfer.import_json(user.id, data)
    return ImportReply(conversation_ids=ids)


def _saved_as(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
