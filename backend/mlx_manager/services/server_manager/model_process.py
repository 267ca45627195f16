"""The process that runs one model, seen from the manager: begun, asked, ended."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from mlx_manager.db.columns import utc_now
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.services.child_process import ChildProcess, start
from mlx_manager.services.server_manager.asking import Answer, ask, lines_of
from mlx_manager.services.server_manager.process_spec import ProcessSpec

MODULE = "mlx_manager.mlx_server.main"
STOP_SECONDS = 5.0
"""What ending in order may take; then it is killed."""

_PACKAGE_ROOT = Path(__file__).parents[3]


class ModelProcess:
    """A running one. Only who holds ``secret`` is answered on ``port``."""

    def __init__(self, process: ChildProcess, port: int, secret: str) -> None:
        self._process = process
        self.pid = process.pid
        self.port = port
        self.secret = secret
        self.published: Profile | None = None
        """The version of its profile that it knows."""
        self.is_stopped = False
        """Whether somebody wanted its end."""

    async def ended(self) -> str:
        """Wait for its death; the sentence that says how."""
        return describe_end(await self._process.wait())

    async def ask(self, path: str, order: dict[str, Any] | None = None) -> Answer:
        """GET or POST, with the secret. Raises ``NoAnswerError``."""
        return await ask(self.port, self.secret, path, order)

    def lines(self, path: str, body: bytes, name: str) -> AsyncGenerator[bytes, None]:
        """POST a JSON text and read the lines of the answer as they come; ``name`` is the
        request's. Raises ``Refused``, ``NoAnswerError``."""
        return lines_of(self.port, self.secret, path, body, name)


@contextlib.asynccontextmanager
async def running(
    spec: ProcessSpec, settings: MLXServerSettings, listener: socket.socket, log: Path
) -> AsyncIterator[ModelProcess]:
    """Run the model for the length of a block; at its end the process is dead, come what may.

    ``listener`` becomes the process's own and is closed here. ``settings`` are those of the
    embedded app, which the process shares but for what is its own. Raises ``OSError``.
    """
    port, secret = listener.getsockname()[1], secrets.token_urlsafe(32)
    with (
        listener,
        _opened(log, f"Starting {spec.name} ({spec.profile.model}) on port {port}") as output,
    ):
        process = await start(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=_environment(spec, settings, listener, log),
            pass_fds=(listener.fileno(),),
            # Ctrl-C in the terminal is for the manager, which then ends this.
            start_new_session=True,
        )
    try:
        # The pipe stays open: that it ends tells the process that we have.
        process.write(secret.encode() + b"\n")
        yield ModelProcess(process, port, secret)
    finally:
        await _end(process)


async def _end(process: ChildProcess) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        process.kill()
        await process.wait()


@contextlib.contextmanager
def _opened(log: Path, line: str) -> Iterator[BinaryIO]:
    """Its output goes to its log from the first moment; the process rotates it later."""
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as output:
        output.write(f"{utc_now():%Y-%m-%d %H:%M:%S} -- {line}\n".encode())
        output.flush()
        yield output


def describe_end(status: int) -> str:
    """How a process ended, for a person."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was ended by {name}"


def _environment(
    spec: ProcessSpec, settings: MLXServerSettings, listener: socket.socket, log: Path
) -> dict[str, str]:
    """Every setting is said, so that no ``.env`` file has another say."""
    own: dict[str, Any] = {
        "host": listener.getsockname()[0],
        "port": listener.getsockname()[1],
        "listen_fd": listener.fileno(),
        "parent_pid": os.getpid(),
        "log_file": log,
        "log_level": spec.log_level,
        "embedded_mode": False,
        "max_models": 1,
        # What fits through the manager's door fits through this one in our own words.
        "max_body_mb": 2 * settings.max_body_mb,
    }
    said = {**settings.model_dump(), **own}
    said.pop("api_key")  # comes through the pipe
    inherited = {
        # It has no business with the manager's secrets.
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLX_SERVER_", "MLX_MANAGER_"))
    }
    roots = [str(_PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(roots),
        **{f"MLX_SERVER_{name.upper()}": str(v) for name, v in said.items() if v is not None},
    }
