"""/api/system: the machine, its memory, what doctor finds, and beginning with the machine."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from mlx_manager.dependencies import AdminUser, CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.system import (
    DoctorReply,
    LaunchdReply,
    MemoryHistoryReply,
    MemoryReply,
    SystemInfo,
)
from mlx_manager.services.memory_history import KEPT_MINUTES

router = APIRouter(prefix="/api/system", tags=["system"], responses=error_replies(401))


@router.get("/info")
async def read_info(services: Services, user: CurrentUser) -> SystemInfo:
    """The machine, and the versions of what runs on it."""
    del user
    return await asyncio.to_thread(services.system.machine.info)


@router.get("/memory")
async def read_memory(services: Services, user: CurrentUser) -> MemoryReply:
    """Who holds the memory: the process, each model, cached prefixes."""
    del user
    return services.system.machine.memory()


@router.get("/memory/history")
async def read_memory_history(
    services: Services,
    user: CurrentUser,
    minutes: Annotated[int, Query(ge=1, le=KEPT_MINUTES)] = KEPT_MINUTES,
) -> MemoryHistoryReply:
    """Who held the memory over the last minutes, since the server started at the earliest."""
    del user
    return services.system.history.latest(minutes)


@router.get("/doctor", responses=error_replies(403))
async def examine(services: Services, admin: AdminUser) -> DoctorReply:
    """What ``mlx-manager doctor`` finds here; takes some seconds."""
    del admin
    return await services.system.machine.examine()


@router.get("/launchd/status", responses=error_replies(403, 409))
async def read_launchd(services: Services, admin: AdminUser) -> LaunchdReply:
    """Whether the server begins by itself when its person logs in (on macOS)."""
    del admin
    return await services.system.agent.status()


@router.post("/launchd/install", responses=error_replies(403, 409))
async def install_launchd(services: Services, admin: AdminUser) -> LaunchdReply:
    """Have it begin at each login, with the settings in force now; this server goes on."""
    del admin
    return await services.system.agent.install()


@router.post("/launchd/uninstall", responses=error_replies(403, 409))
async def uninstall_launchd(services: Services, admin: AdminUser) -> LaunchdReply:
    """Have it begin no more by itself; this server goes on."""
    del admin
    return await services.system.agent.uninstall()
