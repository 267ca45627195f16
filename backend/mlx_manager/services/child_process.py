"""Child processes of the manager, as the event loop sees them.

uvloop starts a child with ``fork``, for which OpenBLAS first ends its threads: while a model
computes on a Linux CPU the two wait for each other, and the whole manager stands still.
``subprocess.Popen`` uses ``vfork`` there, which runs no such handlers. Nothing else in the manager
may start a process.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import Sequence
from threading import Thread
from typing import IO, Any

_DEFAULT_LIMIT = 1 << 16


class ChildProcess:
    """A running one; ``start`` makes it. ``stdout`` is there when it was asked for."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._stdin: asyncio.WriteTransport | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.pid = process.pid
        Thread(target=self._reap, args=(self._ended.get_loop(),), daemon=True, name="child").start()

    @property
    def returncode(self) -> int | None:
        """How it ended, a signal's number below 0; None while it runs."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait for its end; the same as ``returncode`` then."""
        return await asyncio.shield(self._ended)

    async def read(self) -> bytes:
        """All that it writes to ``stdout``, once it has ended."""
        assert self.stdout is not None
        told, _ = await asyncio.gather(self.stdout.read(), self.wait())
        return told

    def write(self, data: bytes) -> None:
        """Send to its standard input; what it no longer reads is lost."""
        assert self._stdin is not None
        self._stdin.write(data)

    def send_signal(self, number: int) -> None:
        """Nothing happens when it has ended."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self._process.kill()

    async def connect(self, limit: int) -> None:
        """Bring its pipes to the event loop."""
        loop = asyncio.get_running_loop()
        if self._process.stdin is not None:
            pipe: IO[Any] = self._process.stdin
            self._stdin, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, pipe)
        if self._process.stdout is not None:
            reader = asyncio.StreamReader(limit=limit)
            pipe = self._process.stdout
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
            self.stdout = reader

    def _reap(self, loop: asyncio.AbstractEventLoop) -> None:
        status = self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(self._settle, status)

    def _settle(self, status: int) -> None:
        if self._stdin is not None:
            self._stdin.close()
        if not self._ended.done():
            self._ended.set_result(status)


async def start(
    command: Sequence[str], *, limit: int = _DEFAULT_LIMIT, **options: Any
) -> ChildProcess:
    """Start ``command``, with the ``options`` of ``subprocess.Popen``. Raises ``OSError``.

    ``limit``: bytes of the longest line that ``stdout.readline`` takes.
    """
    # By vfork: it takes a millisecond.
    process = subprocess.Popen(command, bufsize=0, **options)  # noqa: ASYNC220
    child = ChildProcess(process)
    try:
        await child.connect(limit)
    except BaseException:  # who leaves now knows nothing of it yet, and could not end it
        child.kill()
        raise
    return child
