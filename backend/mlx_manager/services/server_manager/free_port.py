"""A listening socket on the first free port."""

import errno
import socket

HOST = "127.0.0.1"
_BACKLOG = 2048
_TAKEN = (errno.EADDRINUSE, errno.EACCES)


class NoFreePortError(Exception):
    """Every port that may be used is taken."""


def listen_from(first_port: int, last_port: int = 65535) -> socket.socket:
    """Bound and listening, so that nobody can take the port between the choice and its use.

    The caller closes it. Raises ``NoFreePortError``.
    """
    for port in range(first_port, last_port + 1):
        # The protocol is named because asyncio turns Nagle's algorithm off only then.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            # A port whose last connections are still in TIME_WAIT may be taken again.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, port))
            listener.listen(_BACKLOG)  # on Linux two may bind; only one may listen
        except OSError as error:
            listener.close()
            if error.errno not in _TAKEN:
                raise
        else:
            return listener
    raise NoFreePortError(
        f"Every port from {first_port} to {last_port} is in use. Stop a server, or begin "
        "elsewhere with MLX_MANAGER_DEFAULT_PORT_START."
    )
