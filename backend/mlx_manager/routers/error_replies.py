"""The one renderer of errors under ``/api``: ``{"detail", "code"}``, whatever was raised."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from mlx_manager.errors import BodyTooLarge, ManagerError, MethodNotAllowed, NotFound
from mlx_manager.schemas.error import ErrorReply

_UNREADABLE = {
    "type": "json_invalid",
    "loc": ["body"],
    "msg": "The body cannot be read as JSON in UTF-8.",
}


def install_error_handlers(app: FastAPI) -> None:
    """Render every error of the app's own routes here."""
    app.add_exception_handler(ManagerError, _render_ours)
    app.add_exception_handler(HTTPException, _render_framework)
    app.add_exception_handler(RequestValidationError, _render_validation)
    app.add_exception_handler(Exception, _render_unexpected)


def error_replies(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI declaration of a route's own error statuses."""
    return {
        status: {"model": ErrorReply, "description": HTTPStatus(status).phrase}
        for status in statuses
    }


def render(error: ManagerError) -> JSONResponse:
    """The reply for an error, with its status."""
    return JSONResponse(error.to_body(), status_code=error.status, headers=error.headers())


async def _render_ours(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, ManagerError)
    return render(error)


async def _render_framework(request: Request, error: Exception) -> JSONResponse:
    """Starlette's own: no such route or method, a body that cannot be read."""
    assert isinstance(error, HTTPException)
    target = f"{request.method} {request.url.path}"
    headers = dict(error.headers or {})
    if error.status_code == 404:
        body = NotFound(f"There is no {target}.").to_body()
    elif error.status_code == 400:
        # FastAPI's own for a body that is no text or too deep to read: as declared for any other
        # body that is not right.
        return JSONResponse({"detail": [_UNREADABLE]}, status_code=422)
    elif error.status_code == 405:
        allowed = headers.get("Allow", "")
        body = MethodNotAllowed(f"{target} is not possible; {allowed} is.").to_body()
    else:
        phrase = HTTPStatus(error.status_code).phrase
        body = {"detail": error.detail, "code": phrase.lower().replace(" ", "_")}
        if error.status_code == BodyTooLarge.status:
            body["code"] = BodyTooLarge.code
    return JSONResponse(body, status_code=error.status_code, headers=headers)


async def _render_validation(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's 422, without the input: that may be a password."""
    del request
    assert isinstance(error, RequestValidationError)
    problems = [
        {
            "type": problem["type"],
            "loc": [_sayable(part) for part in problem["loc"]],
            "msg": _sayable(str(problem["msg"]).removeprefix("Value error, ")),
        }
        for problem in error.errors()
    ]
    return JSONResponse({"detail": problems}, status_code=422)


def _sayable(part: str | int) -> str | int:
    """A field's name may be half a character, which no reply can carry."""
    return part if isinstance(part, int) else part.encode(errors="backslashreplace").decode()


async def _render_unexpected(request: Request, error: Exception) -> JSONResponse:
    """The server logs the traceback; the caller gets what finds it there."""
    del error
    name = getattr(request.state, "request_id", "unknown")
    failure = ManagerError(f"The server failed; its log has the reason under {name}.")
    return JSONResponse(failure.to_body(), status_code=500, headers={"x-request-id": name})
