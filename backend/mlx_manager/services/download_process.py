"""The process that downloads one model, seen from the manager."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

from mlx_manager.services.hf_client.messages import GO, MESSAGE, Fault, Job, Message
from mlx_manager.services.hub_access import HubAccess

MODULE = "mlx_manager.services.hf_client"
LONGEST_LINE = 1 << 22
_PACKAGE_ROOT = Path(__file__).parents[2]


class DownloadProcess:
    """A running one. ``pid`` is its process id."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def messages(self) -> AsyncGenerator[Message, None]:
        """What it says, ``Done`` or ``Fault`` last; a death without words is a fault too."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            message = MESSAGE.validate_json(line)
            yield message
        status = await self._process.wait()
        yield Fault(
            code="interrupted",
            message=f"The downloading process ended unexpectedly (status {status}).",
            transient=True,
        )

    async def go(self) -> None:
        """The plan is accepted."""
        assert self._process.stdin is not None
        self._process.stdin.write(GO)
        with contextlib.suppress(ConnectionError):
            await self._process.stdin.drain()


@contextlib.asynccontextmanager
async def downloading(job: Job, access: HubAccess) -> AsyncIterator[DownloadProcess]:
    """Run a job for the length of a block; at its end the process is dead, come what may."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=_environment(access),
        limit=LONGEST_LINE,
        # Ctrl-C in the terminal is for the manager, which then ends this.
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(job.model_dump_json().encode() + b"\n")
        yield DownloadProcess(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _environment(access: HubAccess) -> dict[str, str]:
    """Ours, with this package in reach and the hub's client quiet. A token goes this way, because
    the client reads it here, and no other account can read another's environment."""
    inherited = os.environ.get("PYTHONPATH")
    roots = [str(_PACKAGE_ROOT), *([inherited] if inherited else [])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(roots),
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_VERBOSITY": "error",
    }
    given = {"HF_ENDPOINT": access.endpoint, "HF_TOKEN": access.token()}
    return {**environment, **{name: value for name, value in given.items() if value is not None}}
