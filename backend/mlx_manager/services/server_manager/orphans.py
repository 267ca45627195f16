"""Ending what a killed manager left behind, before anything new is started."""

import asyncio
import logging
import signal

from mlx_manager.services.server_manager.orphan_policy import OrphanVerdict, judge
from mlx_manager.services.server_manager.pid_file import PidFiles
from mlx_manager.services.server_manager.process_facts import (
    ProcessIdentity,
    identity_of,
    send_signal,
)

logger = logging.getLogger(__name__)

GRACE_SECONDS = 3.0
_LOOK_SECONDS = 0.05


async def end_orphans(files: PidFiles, grace_seconds: float = GRACE_SECONDS) -> list[str]:
    """End every recorded process that still runs, all at once; whose they were."""
    kept = await asyncio.to_thread(files.kept)
    ended = await asyncio.gather(
        *(_settle(profile_id, identity, grace_seconds) for profile_id, identity in kept.items())
    )
    for profile_id in kept:
        files.remove(profile_id)
    return [profile_id for profile_id, was_there in zip(kept, ended, strict=True) if was_there]


async def _settle(profile_id: str, identity: ProcessIdentity, grace_seconds: float) -> bool:
    found = await asyncio.to_thread(identity_of, identity.pid)
    if judge(identity, found) is OrphanVerdict.FORGET:
        return False
    logger.warning(
        "Ending process %d, which an earlier manager left running for profile %s",
        identity.pid,
        profile_id,
    )
    for number in (signal.SIGTERM, signal.SIGKILL):
        await asyncio.to_thread(send_signal, identity, number)
        if await _is_gone(identity, grace_seconds):
            return True
    logger.error("Process %d does not end, not even killed", identity.pid)
    return True


async def _is_gone(identity: ProcessIdentity, within_seconds: float) -> bool:
    """It is nobody's child any more, so there is nothing to wait on but its id."""
    for _ in range(round(within_seconds / _LOOK_SECONDS)):
        if await asyncio.to_thread(identity_of, identity.pid) != identity:
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False
