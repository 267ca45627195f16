"""/api/system: the machine, its memory, and what doctor finds."""

import asyncio

from fastapi import APIRouter

from mlx_manager.dependencies import AdminUser, CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.system import DoctorReply, MemoryReply, SystemInfo

router = APIRouter(prefix="/api/system", tags=["system"], responses=error_replies(401))


@router.get("/info")
async def read_info(services: Services, user: CurrentUser) -> SystemInfo:
    """The machine, and the versions of what runs on it."""
    del user
    return await asyncio.to_thread(services.system.info)


@router.get("/memory")
async def read_memory(services: Services, user: CurrentUser) -> MemoryReply:
    """Who holds the memory: the process, each model, cached prefixes."""
    del user
    return services.system.memory()


@router.get("/doctor", responses=error_replies(403))
async def examine(services: Services, admin: AdminUser) -> DoctorReply:
    """What ``mlx-manager doctor`` finds here; takes some seconds."""
    del admin
    return await services.system.examine()
