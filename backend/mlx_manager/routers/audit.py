"""/api/audit: who called what, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from mlx_manager.dependencies import AdminUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.audit import (
    AuditExport,
    AuditFilter,
    AuditPage,
    AuditReply,
    AuditStatistics,
)
from mlx_manager.schemas.page import Page
from mlx_manager.services.paging import Cursor

router = APIRouter(prefix="/api/audit", tags=["audit"], responses=error_replies(401, 403))

MEDIA_TYPES = {"jsonl": "application/x-ndjson", "csv": "text/csv"}


@router.get("", responses=error_replies(400))
async def list_audit(
    services: Services, admin: AdminUser, wanted: Annotated[AuditPage, Query()]
) -> Page[AuditReply]:
    """Finished requests, the newest first."""
    del admin
    after = None if wanted.cursor is None else Cursor.decode(wanted.cursor)
    found = await services.books.audit.page(wanted, wanted.limit, after)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.get("/statistics")
async def audit_statistics(
    services: Services, admin: AdminUser, wanted: Annotated[AuditFilter, Query()]
) -> AuditStatistics:
    """A period in numbers: the last day, unless ``since`` and ``until`` say otherwise."""
    del admin
    return await services.books.audit.statistics(wanted)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}},
)
async def export_audit(
    services: Services, admin: AdminUser, wanted: Annotated[AuditExport, Query()]
) -> StreamingResponse:
    """Every row that fits, the newest first, as a file of one JSON object a line or as CSV."""
    del admin
    return StreamingResponse(
        services.books.audit.export(wanted, wanted.format),
        media_type=MEDIA_TYPES[wanted.format],
        headers={"content-disposition": f'attachment; filename="audit.{wanted.format}"'},
    )
