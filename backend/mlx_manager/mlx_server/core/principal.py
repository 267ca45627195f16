"""Who is asking. Scheduling, cache isolation, usage and audit all take it from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Protocol

from mlx_manager.mlx_server.core.allowance import UNLIMITED, Allowance


class PrincipalKind(StrEnum):
    """How the caller proved who they are."""

    LOCAL = "local"
    USER = "user"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Principal:
    """One caller.

    ``scope`` is what may share cached prefixes: equal for all sessions and keys of one user,
    different for everybody else. It never leaves the process. ``user_id`` is the account's and
    ``key_id`` that of the API key it came with, where there are such. ``allowed_models`` are names
    as clients write them, with ``*`` for any part of one; None allows all. ``priority`` is above 0
    for those served before others, below 0 for those served after them. What a
    ``local_only`` caller asks never leaves this machine.
    """

    scope: str
    kind: PrincipalKind
    is_admin: bool = False
    user_id: str | None = None
    key_id: str | None = None
    allowed_models: tuple[str, ...] | None = None
    priority: int = 0
    local_only: bool = False
    allowance: Allowance = field(default=UNLIMITED, compare=False, repr=False)

    def may_use(self, model: str) -> bool:
        """Whether this caller may name ``model``."""
        return self.allowed_models is None or any(
            fnmatchcase(model, allowed) for allowed in self.allowed_models
        )


LOCAL_OWNER = Principal(scope="local", kind=PrincipalKind.LOCAL, is_admin=True)
"""A caller without a key on a server that only this machine can reach."""


class Authenticator(Protocol):
    """Names the caller of a ``/v1`` request; the parent application brings its own."""

    async def __call__(self, headers: Mapping[str, str]) -> Principal:
        """Return the caller for these (lower-case) headers.

        Raises ``mlx_server.errors.Unauthorized`` or ``Forbidden``.
        """
        ...


async def authenticate_local(headers: Mapping[str, str]) -> Principal:
    """The inference app alone on loopback: everyone who reaches it is its owner."""
    del headers
    return LOCAL_OWNER
