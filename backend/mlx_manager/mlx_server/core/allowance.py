"""What a caller may still do, and where what they spend is told."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Meter:
    """``remaining`` of ``limit``; in ``reset_seconds`` the whole limit is there again."""

    limit: int
    remaining: int
    reset_seconds: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Requests a minute and tokens a day; None where there is no limit."""

    requests: Meter | None = None
    tokens: Meter | None = None


class Allowance(Protocol):
    """One caller's limits; the parent application brings its own."""

    async def admit(self) -> None:
        """Count one request. Raises ``mlx_server.errors.RateLimited``, and then counts nothing."""
        ...

    def spend(self, tokens: int) -> None:
        """Tokens were processed, of a prompt or of an answer, to whatever end."""
        ...

    def standing(self) -> Standing:
        """What is left at this moment."""
        ...


class Unlimited:
    """An ``Allowance`` without limits, which counts nothing."""

    async def admit(self) -> None:
        """Always."""

    def spend(self, tokens: int) -> None:
        """Nobody asks."""

    def standing(self) -> Standing:
        """No limits."""
        return Standing()


UNLIMITED = Unlimited()


async def charged(allowance: Allowance, tokens: int, work: Awaitable[Result]) -> Result:
    """The result of ``work``, which costs ``tokens``: to a caller who leaves as well, but not to
    one whom it fails."""
    try:
        result = await work
    except asyncio.CancelledError:
        allowance.spend(tokens)
        raise
    allowance.spend(tokens)
    return result
