"""Password hashes: Argon2id (RFC 9106) through pwdlib, off the event loop."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib import PasswordHash

# OWASP's parameters for Argon2id: https://cheatsheetseries.owasp.org (Password Storage). A few
# hashes at a time keep a flood of logins from taking the memory that models live in.
_MEMORY_KIB = 19_456
_PASSES = 2
_LANES = 1
_AT_A_TIME = 4


class PasswordHasher:
    """Makes and compares hashes."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_A_TIME)
        self._hash_of_nothing: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._turn:
            return await asyncio.to_thread(_hash, password)

    async def matches(self, password: str, kept_hash: str | None) -> bool:
        """Whether ``password`` made ``kept_hash``.

        Without one (an unknown account) the answer is no, and takes as long.
        """
        if self._hash_of_nothing is None:
            self._hash_of_nothing = await self.hash("")
        async with self._turn:
            same = await asyncio.to_thread(_verify, password, kept_hash or self._hash_of_nothing)
        return same and kept_hash is not None


def _argon2() -> "PasswordHash":
    # argon2's C library is needed at the first login, not at the start.
    from pwdlib import PasswordHash  # noqa: PLC0415
    from pwdlib.hashers.argon2 import Argon2Hasher  # noqa: PLC0415

    return PasswordHash(
        (Argon2Hasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES),)
    )


def _hash(password: str) -> str:
    return _argon2().hash(password)


def _verify(password: str, kept_hash: str) -> bool:
    return _argon2().verify(password, kept_hash)
