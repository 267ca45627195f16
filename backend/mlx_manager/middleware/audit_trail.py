"""Every write under ``/api`` leaves a record; requests to ``/v1`` make theirs in that app."""

from starlette.types import ASGIApp, Receive, Scope, Send

from mlx_manager.mlx_server.api.recording import recorded

_CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class AuditTrail:
    """ASGI middleware. Who is asking is noted by the dependencies that find it out; the record
    goes to the app state's ``recorder``. No body is looked at: it may hold a password."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if (
            scope["type"] != "http"
            or scope["method"] in _CHANGES_NOTHING
            or not scope["path"].startswith("/api/")
        ):
            await self._app(scope, receive, send)
            return
        with recorded(scope, scope["state"]["request_id"], send) as send_watched:
            await self._app(scope, receive, send_watched)
