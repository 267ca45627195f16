"""/api/usage: what was used, by day, user, key or model."""

from typing import Annotated

from fastapi import APIRouter, Query

from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.usage import UsagePage, UsageQuery

router = APIRouter(prefix="/api/usage", tags=["usage"], responses=error_replies(401))


@router.get("", responses=error_replies(400, 403))
async def read_usage(
    services: Services, user: CurrentUser, wanted: Annotated[UsageQuery, Query()]
) -> UsagePage:
    """One's own usage, or for administrators everybody's; its sums outlive the audit's rows."""
    return await services.books.usage.page(user, wanted)
