"""/api/chat/attachments: text files to give to a model."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from mlx_manager.db.attachments import Attachment
from mlx_manager.dependencies import After, CurrentUser, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.attachment import AttachmentReply
from mlx_manager.schemas.page import Page

router = APIRouter(prefix="/api/chat/attachments", tags=["chat"], responses=error_replies(401))

FileName = Annotated[str, Query(min_length=1, max_length=1000, description="The file's name.")]
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_ANY_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("", responses=error_replies(400))
async def list_attachments(
    services: Services, user: CurrentUser, after: After, limit: Limit = 50
) -> Page[AttachmentReply]:
    """One's files, the latest first."""
    found = await services.chat_rooms.attachments.list_attachments(user.id, limit, after)
    return Page(
        items=[AttachmentReply.model_validate(row) for row in found.items],
        next_cursor=found.next_cursor,
    )


@router.post(
    "",
    status_code=201,
    response_model=AttachmentReply,
    responses=error_replies(409, 413, 415),
    openapi_extra=_ANY_BYTES,
)
async def create_attachment(
    services: Services, user: CurrentUser, request: Request, name: FileName
) -> Attachment:
    """Keep the body as a file, which a message may then name. Text only, at most 1 MiB."""
    return await services.chat_rooms.attachments.create(
        user.id, name, _media_type(request), await request.body()
    )


@router.get("/{attachment_id}", response_model=AttachmentReply, responses=error_replies(404))
async def read_attachment(services: Services, user: CurrentUser, attachment_id: str) -> Attachment:
    """What is known of a file."""
    return await services.chat_rooms.attachments.find(user.id, attachment_id)


@router.get(
    "/{attachment_id}/content", response_class=PlainTextResponse, responses=error_replies(404)
)
async def read_content(
    services: Services, user: CurrentUser, attachment_id: str
) -> PlainTextResponse:
    """A file's text; always as plain text, so that no browser takes it for a page."""
    attachment = await services.chat_rooms.attachments.find(user.id, attachment_id)
    return PlainTextResponse(
        attachment.content, headers={"content-disposition": "attachment; filename=attachment.txt"}
    )


@router.delete("/{attachment_id}", status_code=204, responses=error_replies(404, 409))
async def delete_attachment(services: Services, user: CurrentUser, attachment_id: str) -> Response:
    """Delete a file that no message has."""
    await services.chat_rooms.attachments.delete(user.id, attachment_id)
    return Response(status_code=204)


def _media_type(request: Request) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return given if _MEDIA_TYPE.fullmatch(given) and len(given) <= 100 else "text/plain"
