"""Waiting for another server, no longer than is allowed, and not at all once nobody wants it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.errors import UpstreamSlow

Result = TypeVar("Result")


class Halted(Exception):
    """The answer was asked to end."""


class Waiter:
    """Of one answer. ``halt`` ends the wait under way and every later one.

    The limit is around each wait rather than around the walk: a limit that runs out while the
    walk's reader is at work would end the reader.
    """

    def __init__(self, name: str, halt: Halt | None) -> None:
        self._name = name
        self._halted = False
        self._limit: asyncio.Timeout | None = None
        if halt is not None:
            halt.listen(self._end)

    async def wait(self, work: Awaitable[Result], seconds: float, what: str) -> Result:
        """The result of ``work``. Raises ``UpstreamSlow`` ("sent {what} within"), ``Halted``."""
        try:
            async with asyncio.timeout(0 if self._halted else seconds) as self._limit:
                return await work
        except TimeoutError:
            if self._halted:
                raise Halted from None
            raise UpstreamSlow(
                f"{self._name} sent {what} within {seconds:g} s. Try again later, or let an "
                "administrator allow it more time."
            ) from None
        finally:
            self._limit = None

    def _end(self) -> None:
        self._halted = True
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())
