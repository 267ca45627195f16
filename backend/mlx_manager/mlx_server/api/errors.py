"""The one renderer of errors under ``/v1``, whatever was raised: in OpenAI's shape, and in
Anthropic's under ``/messages``."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.mlx_server.dialects.anthropic.error_body import error_body
from mlx_manager.mlx_server.errors import (
    BadRequest,
    ClientGone,
    EngineFailed,
    InferenceError,
    MethodNotAllowed,
    NotFound,
)

logger = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Render every error of the app's routes here."""
    app.add_exception_handler(InferenceError, _handle)
    app.add_exception_handler(HTTPException, _handle)
    app.add_exception_handler(RequestValidationError, _handle)


def translate(error: Exception, scope: Scope) -> InferenceError:
    """Any exception as one of the family; an unknown one is logged and not shown."""
    if isinstance(error, InferenceError):
        known = error
    else:
        logger.error("%s failed unexpectedly", _request_id(scope), exc_info=error)
        known = EngineFailed("The server failed while answering. Its log has the reason.")
    current_record().fail(known.status, known.code or known.type)
    return known


def speaks_anthropic(scope: Scope) -> bool:
    """Whether the caller asked in Anthropic's dialect, wherever the app is mounted."""
    path: str = scope["path"].removeprefix("/v1")
    return path == "/messages" or path.startswith("/messages/")


def render(error: InferenceError, scope: Scope) -> Response:
    """The reply for an error, in the caller's dialect, with its own status and headers."""
    anthropic = speaks_anthropic(scope)
    body = error_body(error, _request_id(scope)) if anthropic else error.to_openai()
    return JSONResponse(body, status_code=error.status, headers=error.headers())


def log_gone(scope: Scope) -> None:
    """A client that leaves is told in the log, with nginx's status for it."""
    name = _request_id(scope)
    logger.info("%s %r 499, the client left: %s", scope["method"], scope["path"], name)


def _request_id(scope: Scope) -> str:
    return str(scope.get("state", {}).get("request_id", "-"))


async def _handle(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return render(_of_framework(request, error), request.scope)
    if isinstance(error, RequestValidationError):
        return render(_of_validation(error), request.scope)
    if isinstance(error, ClientGone):
        log_gone(request.scope)
    return render(translate(error, request.scope), request.scope)


def _of_framework(request: Request, error: HTTPException) -> InferenceError:
    """Starlette knows routes; these are the errors it raises by itself."""
    target = f"{request.method} {request.scope.get('root_path', '')}{_route_path(request)}"
    if error.status_code == 404:
        return NotFound(f"There is no {target}. GET /v1/models and POST /v1/chat/completions are.")
    if error.status_code == 405:
        return _NotAllowed(f"{target} is not allowed.", (error.headers or {}).get("Allow", ""))
    return BadRequest(str(error.detail))


def _route_path(request: Request) -> str:
    path: str = request.scope["path"]
    root: str = request.scope.get("root_path", "")
    return path.removeprefix(root)


class _NotAllowed(MethodNotAllowed):
    """405 must say what is allowed (RFC 9110, 15.5.6)."""

    def __init__(self, message: str, allowed: str) -> None:
        super().__init__(f"{message} Allowed: {allowed}." if allowed else message)
        self._allowed = allowed

    def headers(self) -> dict[str, str]:
        return {**super().headers(), **({"allow": self._allowed} if self._allowed else {})}


def _of_validation(error: RequestValidationError) -> BadRequest:
    first = error.errors()[0]
    param = ".".join(str(step) for step in first["loc"][1:])
    return BadRequest(f"Invalid '{param}': {first['msg']}.", param=param)
