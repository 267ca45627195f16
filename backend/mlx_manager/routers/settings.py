"""/api/settings: what an administrator may change while the server runs."""

from fastapi import APIRouter

from mlx_manager.dependencies import AdminUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.setting import SettingsChange, SettingsReply

router = APIRouter(prefix="/api/settings", tags=["settings"], responses=error_replies(401, 403))


@router.get("")
async def read_settings(services: Services, admin: AdminUser) -> SettingsReply:
    """Every setting: its value, where that comes from, and when a change takes effect."""
    del admin
    return services.books.settings.show()


@router.put("", responses=error_replies(409))
async def change_settings(
    services: Services, admin: AdminUser, body: SettingsChange
) -> SettingsReply:
    """Change some, all of them or none; ``needs_restart`` names those that wait for one."""
    del admin
    return await services.books.settings.change(body)
