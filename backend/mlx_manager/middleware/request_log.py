"""Names every request and writes one line about it."""

import logging
import re
import time
from collections import Counter
from secrets import token_hex

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("mlx_manager.access")

_FIT_FOR_A_LOG = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_CLIENT_LEFT = 499
_PROBES = frozenset({"/health", "/metrics"})


class RequestLog:
    """Sets ``request.state.request_id`` and the ``x-request-id`` reply header, and counts.

    The name is the client's when it is fit for a log line, else a fresh one. ``counts`` gets one
    more of (area, status) for each finished request.
    """

    def __init__(self, app: ASGIApp, counts: Counter[tuple[str, int]]) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _name(scope)
        begun = time.perf_counter()
        status = 0
        complete = False

        async def send_named(message: Message) -> None:
            nonlocal status, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = name
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
            elif message["type"] == "http.response.body":
                complete = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            status = status or 500
            raise
        finally:
            self._tell(scope, name, status or _CLIENT_LEFT, complete, time.perf_counter() - begun)

    def _tell(self, scope: Scope, name: str, status: int, complete: bool, seconds: float) -> None:
        path: str = scope["path"]
        area = path.split("/", 2)[1] if path.startswith(("/api/", "/v1/")) else "pages"
        self._counts[(area, status)] += 1
        client = scope.get("client")
        # Without the query, which may hold what is nobody's business.
        logger.log(
            logging.DEBUG if path in _PROBES and status == 200 else logging.INFO,
            "%s %s %d%s %.1f ms %s %s",
            scope["method"],
            _printable(path),
            status,
            "" if complete else " cut",
            seconds * 1000,
            client[0] if client else "-",
            name,
        )


def _name(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    name = given if _FIT_FOR_A_LOG.fullmatch(given) else f"req_{token_hex(12)}"
    scope.setdefault("state", {})["request_id"] = name
    return name


def _printable(path: str) -> str:
    """A path cannot forge a log line."""
    return path if path.isprintable() else ascii(path)
