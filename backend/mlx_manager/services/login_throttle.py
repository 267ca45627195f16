"""Guessing passwords takes time: attempts are counted by account and by address.

In memory, because one process owns the database and a guesser cannot restart it.
"""

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.errors import TooManyAttempts
from mlx_manager.services.sliding_window import SlidingWindow

WINDOW_SECONDS = 15 * 60
TRIES_AN_ACCOUNT = 10
TRIES_AN_ADDRESS = 50
_MOST_FAMILIAR = 10_000
_IPV6_SITE_BITS = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that was let through, under the names that it counts for."""

    account: str
    address: str
    pair: tuple[str, str]


class LoginThrottle:
    """An attempt counts when it begins, so that many at once are not many for free; the right
    password takes it back.

    Where an account has signed in from before has a count of its own: a stranger who knows an
    e-mail address cannot lock its owner out. Unknown accounts are counted like any other.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._attempts = SlidingWindow(WINDOW_SECONDS, clock)
        self._familiar: dict[tuple[str, str], None] = {}

    def begin(self, email: str, address: str) -> Attempt:
        """Count one attempt. Raises ``TooManyAttempts``, and then counts nothing."""
        pair = (email, site_of(address))
        account = " ".join(pair) if pair in self._familiar else email
        attempt = Attempt(f"account {account}", f"address {pair[1]}", pair)
        wait = max(
            self._attempts.wait_seconds(attempt.account, TRIES_AN_ACCOUNT),
            self._attempts.wait_seconds(attempt.address, TRIES_AN_ADDRESS),
        )
        if wait > 0:
            seconds = math.ceil(wait)
            raise TooManyAttempts(
                f"Too many attempts to sign in; try again in {seconds} seconds. An administrator "
                "can set a new password meanwhile.",
                retry_after_seconds=seconds,
            )
        self._attempts.add(attempt.account)
        self._attempts.add(attempt.address)
        return attempt

    def forgive(self, email: str) -> None:
        """An administrator has set another password: its owner may try that one at once."""
        at_home = (" ".join(pair) for pair in self._familiar if pair[0] == email)
        for account in (email, *at_home):
            self._attempts.forget(f"account {account}")

    def succeeded(self, attempt: Attempt) -> None:
        """The password was right."""
        self._attempts.forget(attempt.account)
        self._attempts.take_back(attempt.address)
        if attempt.pair not in self._familiar and len(self._familiar) >= _MOST_FAMILIAR:
            del self._familiar[next(iter(self._familiar))]
        self._familiar[attempt.pair] = None


def site_of(address: str) -> str:
    """An IPv4 address as it is, of an IPv6 one the /64: a household has all of its addresses."""
    try:
        parsed = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_SITE_BITS), strict=False))
