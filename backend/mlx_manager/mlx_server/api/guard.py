"""Around every request: it has a name, and nothing it does escapes as a bare 500."""

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlx_manager.mlx_server.api.errors import render, speaks_anthropic, translate
from mlx_manager.mlx_server.api.limit_headers import limit_headers
from mlx_manager.mlx_server.api.recording import recorded
from mlx_manager.mlx_server.core.allowance import UNLIMITED, Allowance
from mlx_manager.mlx_server.core.ids import RequestId
from mlx_manager.mlx_server.core.record import current_record

PLACE_HEADER = "x-served-by"
"""Names the machine that answered; a reply without it was made on this one."""

_FIT_FOR_A_LOG = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def request_id(request: Request) -> RequestId:
    """The request's name, which the guard has set."""
    return RequestId(request.state.request_id)


class RequestGuard:
    """ASGI middleware.

    The name is the parent application's, else the client's ``x-request-id`` when it is fit for a
    log line, else a fresh one; the reply carries it. An exception that no handler knew becomes
    the dialect's 500, or the end of the stream when its reply has begun. How it ended goes to the
    app's recorder.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _name(scope)
        with recorded(scope, name, send) as send_watched:
            await self._serve(scope, receive, send_watched, name)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, name: str) -> None:
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-request-id", name)
                allowance: Allowance = scope["state"].get("allowance", UNLIMITED)
                headers.update(limit_headers(allowance.standing()))
                if (place := current_record().place) is not None:
                    headers[PLACE_HEADER] = place
                if speaks_anthropic(scope):
                    headers["request-id"] = name
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception as error:
            rendered = render(translate(error, scope), scope)
            if not started:
                await rendered(scope, receive, send_named)


def _name(scope: Scope) -> str:
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        given = next((value for key, value in scope["headers"] if key == b"x-request-id"), b"")
        text = given.decode("latin-1")
        fit = _FIT_FOR_A_LOG.fullmatch(text)
        state["request_id"] = text if fit else f"req_{secrets.token_hex(12)}"
    return str(state["request_id"])
