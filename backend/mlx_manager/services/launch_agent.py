"""Has the server begin when the person whose it is logs in: an agent of macOS' launchd.

What is written is a property list (``man launchd.plist``). launchd reads it at the next login; the
server that writes it goes on, so that two never want one database. Its environment may hold
secrets, as ours does, so the file is for its owner alone.
"""

import asyncio
import os
import plistlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from mlx_manager.config import ManagerSettings
from mlx_manager.errors import ManagerError
from mlx_manager.schemas.system import LaunchdReply
from mlx_manager.services.child_process import start

LAUNCHCTL = Path("/bin/launchctl")
LABEL = "org.mlx-manager.server"
ANSWER_SECONDS = 10.0
_PASSED_ON = ("MLX_MANAGER_", "MLX_SERVER_", "HF_")
_PID = re.compile(r"^\s*pid = (\d+)$", re.MULTILINE)


class LaunchdConflict(ManagerError):
    """The machine's state is in the way."""

    status = 409


class LaunchdMissing(LaunchdConflict):
    """There is no launchd to begin the server with."""

    code = "launchd_missing"


class LaunchdFailed(LaunchdConflict):
    """launchd, or its folder, does not do what was asked."""

    code = "launchd_failed"


class LaunchAgent:
    """One agent, of the person who runs this server. ``settings`` are those in force."""

    def __init__(self, settings: ManagerSettings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()

    async def status(self) -> LaunchdReply:
        """Whether it is installed, and runs. Raises ``LaunchdFailed``."""
        if not _has_launchd():
            return LaunchdReply(
                supported=False, installed=False, running=False, path=None, detail=_MISSING
            )
        installed, pid = _is_written(), await self._pid()
        return LaunchdReply(
            supported=True,
            installed=installed,
            running=pid is not None,
            path=str(_path()),
            detail=_told(installed, pid),
        )

    async def install(self) -> LaunchdReply:
        """Have it begin at the next login, with the settings in force now.

        Raises ``LaunchdMissing``, ``LaunchdFailed``.
        """
        self._require()
        async with self._turn:
            try:
                await asyncio.to_thread(_write, _path(), self.description())
            except OSError as error:
                raise LaunchdFailed(
                    f"{_path()} cannot be written ({error.strerror}). Make its folder writable for "
                    "the person who runs this server, then try again."
                ) from error
        return await self.status()

    async def uninstall(self) -> LaunchdReply:
        """Have it begin no more, and end it if it runs, unless it is this server.

        Raises ``LaunchdMissing``, ``LaunchdFailed``.
        """
        self._require()
        async with self._turn:
            pid = await self._pid()
            try:
                _path().unlink(missing_ok=True)
            except OSError as error:
                raise LaunchdFailed(
                    f"{_path()} cannot be deleted ({error.strerror}); delete it by hand."
                ) from error
            if pid not in (None, os.getpid()):
                await self._ask("bootout")
        return await self.status()

    def description(self) -> dict[str, Any]:
        """The agent: this program, begun as it was begun here."""
        settings = self._settings
        log = str(settings.log_dir.absolute() / "launchd.log")
        own = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
        command = [sys.executable, "-m", "mlx_manager", "serve"]
        return {
            "Label": LABEL,
            "ProgramArguments": [*command, "--host", settings.host, "--port", str(settings.port)],
            "WorkingDirectory": str(Path.cwd()),
            "EnvironmentVariables": own,
            "RunAtLoad": True,
            # It is begun again when it dies, and stays stopped when it was stopped.
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "ProcessType": "Interactive",
            "StandardOutPath": log,
            "StandardErrorPath": log,
        }

    def _require(self) -> None:
        if not _has_launchd():
            raise LaunchdMissing(_MISSING)

    async def _pid(self) -> int | None:
        """The process that launchd runs; None when it runs none."""
        found = _PID.search(await self._ask("print"))
        return int(found[1]) if found else None

    async def _ask(self, verb: str) -> str:
        """What launchctl says of the agent; nothing when launchd does not know it."""
        process = await start(
            [str(LAUNCHCTL), verb, f"gui/{os.getuid()}/{LABEL}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                told = await process.read()
        except TimeoutError:
            raise LaunchdFailed(
                f"'launchctl {verb}' did not answer within {ANSWER_SECONDS:.0f} s; try again."
            ) from None
        finally:
            process.kill()
        return told.decode(errors="replace") if process.returncode == 0 else ""


_MISSING = (
    "launchd is a part of macOS, and this machine has none. Have its own service manager run "
    "'mlx-manager serve' (on Linux, a systemd user unit)."
)


def _has_launchd() -> bool:
    return LAUNCHCTL.exists()


def _is_written() -> bool:
    return _path().exists()


def _path() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _told(installed: bool, pid: int | None) -> str:
    ours = pid == os.getpid()
    if installed and pid is None:
        return "It begins when you log in next; until then this server goes on as it is."
    if installed:
        return "This server is it." if ours else f"It runs as process {pid}, beside this server."
    if ours:
        return "This server was begun by it and goes on until it is stopped; it begins no more."
    return "It is not installed: this server begins when somebody starts it."


def _write(path: Path, description: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        plistlib.dump(description, file)
    beside.replace(path)
