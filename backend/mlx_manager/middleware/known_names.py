"""Under which names this server may be called. Pure, apart from asking the machine its name."""

import ipaddress
import socket
from urllib.parse import urlsplit

from mlx_manager.config import ManagerSettings, is_loopback_host


class KnownNames:
    """Decides on ``Host`` and ``Origin`` headers.

    Loopback names, the bind address and ``MLX_MANAGER_ALLOWED_HOSTS`` are known; on a bind that
    others can reach, so are the machine's own name and any address written in numbers (a name
    that an attacker points here, DNS rebinding, is never one). ``*`` allows every host,
    ``*.example.com`` those below it.
    """

    def __init__(self, settings: ManagerSettings) -> None:
        self._names = {settings.host.lower().strip("[]"), *settings.allowed_hosts}
        self._suffixes = tuple(name[1:] for name in settings.allowed_hosts if name[:2] == "*.")
        self._every_name = "*" in settings.allowed_hosts
        self._numbers = not settings.is_loopback
        self._origins = frozenset(settings.cors_origins)
        if not settings.is_loopback:
            machine = socket.gethostname().lower()
            self._names |= {machine, machine.split(".")[0], f"{machine.split('.')[0]}.local"}

    def knows_host(self, host: str) -> bool:
        """Whether a ``Host`` header (``name``, ``name:port``, ``[::1]:port``) names us."""
        name = host_name(host)
        return name is not None and (
            self._every_name
            or is_loopback_host(name)
            or name in self._names
            or name.endswith(self._suffixes)
            or (self._numbers and _is_address(name))
        )

    def allows_origin(self, origin: str, host: str) -> bool:
        """Whether a page from ``origin`` may use us: our own page, or a configured one."""
        origin = origin.lower()
        if "*" in self._origins or origin in self._origins:
            return True
        parts = urlsplit(origin)
        return parts.scheme in {"http", "https"} and parts.netloc == host.lower()


def host_name(host: str) -> str | None:
    """The name in a ``Host`` header, in lower case, without port and brackets."""
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname
        _ = parts.port  # raises for what is not a number
    except ValueError:
        return None
    if not name or parts.path or parts.query or parts.fragment or "@" in host:
        return None
    return name.rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True
