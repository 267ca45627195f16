"""/api/... and /v1: what does not exist is a JSON 404, never the dashboard's page."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from mlx_manager.errors import NotFound
from mlx_manager.mlx_server.errors import NotFound as InferenceNotFound

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def unknown_router(known: Sequence[APIRouter]) -> APIRouter:
    """A last resort to include after every router in ``known``."""
    router = APIRouter()
    routes = [route for each in known for route in each.routes if isinstance(route, APIRoute)]

    @router.api_route("/api", methods=_METHODS, include_in_schema=False)
    @router.api_route("/api/{path:path}", methods=_METHODS, include_in_schema=False)
    async def refuse(request: Request) -> None:
        # This route matches every method, so it must notice those that only lack theirs.
        path = request.url.path
        matching = [route for route in routes if route.path_regex.match(path)]
        allowed = {method for route in matching for method in route.methods or ()}
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise NotFound(f"There is no {request.method} {path}.")

    @router.api_route("/v1", methods=_METHODS, include_in_schema=False)
    async def refuse_bare() -> JSONResponse:
        # The mount begins at /v1/; a base URL opened in a browser is not the dashboard's page.
        error = InferenceNotFound("There is nothing at /v1 itself; GET /v1/models is.")
        return JSONResponse(error.to_openai(), status_code=error.status)

    return router
