"""The process that downloads one model, seen from the manager."""

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

from mlx_manager.services.child_process import ChildProcess, start
from mlx_manager.services.hf_client.messages import GO, MESSAGE, Fault, Job, Message
from mlx_manager.services.hub_access import HubAccess

MODULE = "mlx_manager.services.hf_client"
LONGEST_LINE = 1 << 22
_PACKAGE_ROOT = Path(__file__).parents[2]


class DownloadProcess:
    """A running one. ``pid`` is its process id."""

    def __init__(self, process: ChildProcess) -> None:
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

    def go(self) -> None:
        """The plan is accepted."""
        self._process.write(GO)


@contextlib.asynccontextmanager
async def downloading(job: Job, access: HubAccess) -> AsyncIterator[DownloadProcess]:
    """Run a job for the length of a block; at its end the process is dead, come what may."""
    process = await start(
        [sys.executable, "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(access),
        limit=LONGEST_LINE,
        # Ctrl-C in the terminal is for the manager, which then ends this.
        start_new_session=True,
    )
    try:
        process.write(job.model_dump_json().encode() + b"\n")
        yield DownloadProcess(process)
    finally:
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
