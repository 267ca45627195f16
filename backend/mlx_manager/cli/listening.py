"""The listening sockets, taken before anything heavy is imported.

Holding them from the first moment leaves no gap in which another program could take the port
between a check and its use, and a port in use is told at once.
"""

import errno
import http.client
import json
import socket

BACKLOG = 2048
ANSWER_SECONDS = 0.5
NEXT_PORTS = 100


class CannotListenError(Exception):
    """The address cannot be had; the message says why and what to do."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Bind and listen on every address of ``host``; port 0 takes a free one, the same for all.

    Raises ``CannotListenError`` with one line for a person.
    """
    sockets: list[socket.socket] = []
    refused: OSError | None = None
    for family, address in _addresses(host, port):
        try:
            taken = sockets[0].getsockname()[1] if sockets else port
            sockets.append(_listener(family, (address, taken)))
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                refused = error  # a name may have an IPv6 address that this machine lacks
                continue
            _close(sockets)
            raise CannotListenError(_reason(error, host, port)) from error
    if not sockets:
        raise CannotListenError(_reason(refused, host, port)) from refused
    return sockets


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds a server bound to ``host``."""
    name = {"": "localhost", "0.0.0.0": "localhost", "::": "localhost"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def manager_version_at(host: str, port: int) -> str | None:
    """The version of the MLX Manager that answers there, or None when something else does."""
    name = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(name, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read(65536))
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    is_manager = isinstance(answer, dict) and "inference" in answer
    return str(answer.get("version")) if is_manager else None


def _addresses(host: str, port: int) -> list[tuple[int, str]]:
    try:
        found = socket.getaddrinfo(
            host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (socket.gaierror, UnicodeError) as error:
        raise CannotListenError(
            f"{host!r} is not a name or an address of this machine. "
            "Use 127.0.0.1 (only this machine) or 0.0.0.0 (every network it is in)."
        ) from error
    # dict.fromkeys: the same address twice, as some hosts files have it, is one socket
    return list(dict.fromkeys((int(family), str(at[0])) for family, _, _, _, at in found))


def _listener(family: int, address: tuple[str, int]) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it on, every reply
    # of a kept connection waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A port whose last connections are still in TIME_WAIT may be taken again.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)  # on Linux two may bind; only one may listen
    except OSError:
        listener.close()
        raise
    return listener


def _reason(error: OSError | None, host: str, port: int) -> str:
    code = error.errno if error else None
    if code == errno.EADDRINUSE:
        return _in_use(host, port)
    if code in (errno.EACCES, errno.EPERM):
        return f"port {port} may not be used by this account. Choose another: --port 8080"
    if code == errno.EADDRNOTAVAIL:
        return (
            f"this machine has no address {host}. "
            "Use 127.0.0.1 (only this machine) or 0.0.0.0 (every network it is in)."
        )
    return f"cannot listen on {host} port {port}: {error}"


def _in_use(host: str, port: int) -> str:
    version = manager_version_at(host, port)
    free = next((p for p in range(port + 1, min(port + NEXT_PORTS, 65536)) if _is_free(host, p)), 0)
    advice = f"start this one with --port {free}"
    if version is not None:
        return (
            f"MLX Manager {version} is already running on port {port}. "
            f"Open {url_of(host, port)}, or {advice}."
        )
    return f"port {port} is in use by another program. Stop that one, or {advice}."


def _is_free(host: str, port: int) -> bool:
    try:
        _close([_listener(family, (at, port)) for family, at in _addresses(host, port)])
    except (OSError, CannotListenError):
        return False
    return True


def _close(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()
