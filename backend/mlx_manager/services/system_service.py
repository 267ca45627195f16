"""The machine, the process and what doctor finds."""

import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import mlx_manager
from mlx_manager.config import ManagerSettings
from mlx_manager.db.columns import utc_now
from mlx_manager.db.revision import read_revision
from mlx_manager.mlx_server.core.beside import ModelBeside
from mlx_manager.mlx_server.models.status import PoolStatus, ResidentModel
from mlx_manager.mlx_server.utils.memory import available_bytes, machine_bytes, process_bytes
from mlx_manager.schemas.system import (
    DoctorFinding,
    DoctorReply,
    MemoryReply,
    ModelMemory,
    ProcessMemory,
    SystemInfo,
)
from mlx_manager.services.child_process import start
from mlx_manager.services.disk_room import free_bytes
from mlx_manager.services.live_figures import live_figures
from mlx_manager.services.machine_facts import computes_on, installed, processor_name

DOCTOR_SECONDS = 60.0
_TOLD_TO_DOCTOR = (
    "host",
    "port",
    "database_path",
    "hf_cache_path",
    "log_dir",
    "max_memory_percent",
)


class SystemService:
    """Looks when it is asked. ``pool`` is a snapshot of what is resident."""

    def __init__(self, settings: ManagerSettings, pool: Callable[[], PoolStatus]) -> None:
        self._settings = settings
        self._pool = pool
        self._began = time.monotonic()
        self._examining = asyncio.Lock()

    def info(self) -> SystemInfo:
        """Versions and sizes. Blocking: reads the database file's head."""
        path = self._settings.database_path
        uptime = time.monotonic() - self._began
        return SystemInfo(
            version=mlx_manager.__version__,
            python=platform.python_version(),
            mlx=installed("mlx"),
            mlx_lm=installed("mlx-lm"),
            platform=platform.platform(),
            architecture=platform.machine(),
            processor=processor_name(),
            processors=os.cpu_count() or 1,
            computes_on=computes_on(),
            machine_memory_bytes=machine_bytes(),
            disk_free_bytes=free_bytes(self._settings.hf_cache_path),
            database_bytes=path.stat().st_size,
            database_revision=read_revision(path),
            offline_mode=self._settings.offline_mode,
            started_at=utc_now() - timedelta(seconds=uptime),
            uptime_seconds=uptime,
        )

    def memory(self) -> MemoryReply:
        """Who holds the memory, at this moment."""
        status = self._pool()
        return MemoryReply(
            machine_bytes=machine_bytes(),
            available_bytes=available_bytes(),
            process_bytes=process_bytes(),
            budget_bytes=status.memory_budget_bytes,
            used_bytes=status.memory_used_bytes,
            mlx_active_bytes=status.engine.active_memory_bytes,
            prefix_cache_bytes=status.engine.prefix_cache_bytes,
            models=[model_memory(model) for model in status.models],
            processes=[process_memory(model) for model in status.beside],
        )

    async def examine(self) -> DoctorReply:
        """Doctor's findings, of a process of its own: it imports and tries MLX, which in this one
        belongs to the engine's thread. One at a time."""
        async with self._examining:
            process = await start(
                [sys.executable, "-m", "mlx_manager", "doctor", "--json"],
                env={**os.environ, **self._environment()},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            try:
                async with asyncio.timeout(DOCTOR_SECONDS):
                    told = await process.read()
            except TimeoutError:
                return _failed(f"doctor did not end within {DOCTOR_SECONDS:.0f} s")
            finally:
                process.kill()
        try:
            return DoctorReply.model_validate(json.loads(told))
        except ValueError:
            return _failed(f"doctor ended with status {process.returncode} and told nothing")

    def _environment(self) -> dict[str, str]:
        """The settings in force, whatever ``.env`` or options they came from."""
        values = {name: getattr(self._settings, name) for name in _TOLD_TO_DOCTOR}
        own = {f"MLX_MANAGER_{name.upper()}": str(value) for name, value in values.items()}
        package = str(Path(mlx_manager.__file__).parents[1])
        return {**own, "PYTHONPATH": os.pathsep.join((package, *_python_path()))}


def model_memory(model: ResidentModel) -> ModelMemory:
    """One line of the pool as the dashboard sees it."""
    return ModelMemory(**asdict(model) | {"live": live_figures(model.live)})


def process_memory(model: ModelBeside) -> ProcessMemory:
    """One process beside this one."""
    return ProcessMemory(
        profile=model.profile,
        model=model.residence.model,
        adapter=model.residence.adapter,
        process_id=model.process_id,
        ready=model.is_ready,
        used_bytes=model.used_bytes,
        process_bytes=model.process_bytes,
    )


def _python_path() -> list[str]:
    return [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]


def _failed(detail: str) -> DoctorReply:
    remedy = "Run mlx-manager doctor in a terminal."
    finding = DoctorFinding(name="Doctor", state="problem", detail=detail, remedy=remedy)
    return DoctorReply(ok=False, checks=[finding])
