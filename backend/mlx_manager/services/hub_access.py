"""How the hub is reached, by whoever asks it or downloads from it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HubAccess:
    """Its address, the cache its models go to, and the token to show it, at each moment.

    None leaves the address or the token to the hub's client, which has settings of its own.
    """

    endpoint: str | None
    cache: Path
    token: Callable[[], str | None]
