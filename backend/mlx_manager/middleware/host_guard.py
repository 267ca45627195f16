"""Keeps web pages from elsewhere away from a server on somebody's own machine.

DNS rebinding is met by knowing our own names (421, RFC 9110 15.5.20), and cross-origin requests
by refusing those of origins that are not configured.
"""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mlx_manager.errors import CrossOriginRefused, ManagerError, UnknownHost
from mlx_manager.middleware.known_names import KnownNames


class HostGuard:
    """ASGI middleware that passes on only what may come in."""

    def __init__(self, app: ASGIApp, names: KnownNames) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
        else:
            await _render(scope, refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ManagerError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._names.knows_host(host):
            return UnknownHost(
                f"This server is not known as {host[:200]!r}; if that is its name, add it to "
                "MLX_MANAGER_ALLOWED_HOSTS."
            )
        origin = headers.get("origin")
        if origin is not None:
            if self._names.allows_origin(origin, host):
                return None
            return _cross_origin(origin)
        # Without an Origin a browser still tells whether another site made it ask; following a
        # link to the dashboard is the one thing another site may do.
        is_foreign = headers.get("sec-fetch-site") == "cross-site"
        if is_foreign and not (
            headers.get("sec-fetch-mode") == "navigate" and scope.get("method") in {"GET", "HEAD"}
        ):
            return _cross_origin("another site")
        return None


def _cross_origin(origin: str) -> CrossOriginRefused:
    return CrossOriginRefused(
        f"Requests from {origin[:200]} are refused; allow it with MLX_MANAGER_CORS_ORIGINS."
    )


def _render(scope: Scope, error: ManagerError) -> JSONResponse:
    """In the shape that the area's clients read."""
    if scope["path"].startswith("/v1/messages"):
        kind = "permission_error" if error.status == 403 else "invalid_request_error"
        told = {"type": "error", "error": {"type": kind, "message": error.detail}}
        return JSONResponse(told, status_code=error.status)
    if scope["path"].startswith("/v1"):
        body = {"message": error.detail, "type": "invalid_request_error"}
        content = {"error": {**body, "param": None, "code": error.code}}
        return JSONResponse(content, status_code=error.status)
    return JSONResponse(error.to_body(), status_code=error.status)
