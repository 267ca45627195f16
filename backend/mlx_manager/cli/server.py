"""uvicorn, ending open streams before it drains.

An open event stream would hold the shutdown for the whole graceful timeout (DESIGN, fact 4).
Whoever writes one watches for its client leaving, so closing the connection is the one signal
that ends them all, whatever room they live in.
"""

import asyncio
import faulthandler
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from mlx_manager.mlx_server.config import KEEP_ALIVE_SECONDS

DRAIN_SECONDS = 0.3
"""How long requests that have not answered yet may take to finish."""

CANCEL_SECONDS = 1
"""After this, what still runs is cancelled."""


class Server(uvicorn.Server):
    """One SIGINT or SIGTERM ends the server within two seconds, a second one kills it at once."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], on_stopped: Callable[[], None]
    ) -> None:
        config.timeout_graceful_shutdown = CANCEL_SECONDS
        config.timeout_keep_alive = KEEP_ALIVE_SECONDS
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stopped = on_stopped

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell that requests are answered."""
        # "Application startup failed" and its like say less than what the command line prints.
        logger = logging.getLogger("uvicorn.error")
        logger.addFilter(_has_traceback)
        try:
            await super().startup(sockets=sockets)
        finally:
            logger.removeFilter(_has_traceback)
        if self.started and not self.should_exit:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut the streams, give the rest a moment, let the application end, and say so."""
        self._close_connections(answering=True)
        last_call = asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._close_connections)
        try:
            await super().shutdown(sockets=sockets)
        finally:
            last_call.cancel()
        self._on_stopped()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Keep the handlers for the rest of the process's life: a second Ctrl-C must work even
        while threads are joined. uvicorn's own would raise the signal again and exit non-zero."""

        def handle(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)

        for number in (signal.SIGINT, signal.SIGTERM):
            # Not the bound method: sse-starlette looks for one, and would end its streams itself,
            # in the middle and before we do.
            signal.signal(number, handle)
        # What a process that no longer answers was doing: `kill -USR1`. Windows has no such signal.
        if hasattr(faulthandler, "register"):
            faulthandler.register(signal.SIGUSR1)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """First time: ask for the end. Second time: be gone (SQLite's WAL survives that)."""
        del frame
        if self.should_exit:
            os._exit(128 + sig)
        self.should_exit = True

    def _close_connections(self, *, answering: bool = False) -> None:
        """Close every connection, or only those whose answer has begun and not ended."""
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            is_answering = (
                cycle is not None and cycle.response_started and not cycle.response_complete
            )
            transport = connection.transport
            if transport is not None and (is_answering or not answering):
                transport.abort()  # close() would wait for a client that reads slowly


def _has_traceback(record: logging.LogRecord) -> bool:
    return record.exc_info is not None
