"""/responses: OpenAI's Responses API, answered by the same spine as everything else."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Caller, Spender
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.guard import request_id
from mlx_manager.mlx_server.api.responses_background import (
    BackgroundResponse,
    BackgroundResponses,
    interrupted,
)
from mlx_manager.mlx_server.api.responses_context import UNFINISHED, items_of, prepare
from mlx_manager.mlx_server.api.responses_walk import keeper, told, whole
from mlx_manager.mlx_server.api.streaming import EventStream, JsonReply, Reply
from mlx_manager.mlx_server.api.walks import spine_of
from mlx_manager.mlx_server.core.response_store import ResponseStore, StoredResponse
from mlx_manager.mlx_server.dialects.openai.usage import server_timing
from mlx_manager.mlx_server.dialects.responses.frames import ResponseFrames
from mlx_manager.mlx_server.dialects.responses.schema import ResponseBody
from mlx_manager.mlx_server.dialects.responses.writer import ResponseWriter
from mlx_manager.mlx_server.errors import BadRequest, NotFound

router = APIRouter(tags=["responses"])


@router.post("/responses", openapi_extra=json_body(ResponseBody))
async def create_response(request: Request, caller: Spender) -> Response:
    """A response: streamed when ``stream`` is true, later when ``background`` is."""
    raw = await read_json(request)
    state = request.app.state
    store: ResponseStore = state.responses
    spine = spine_of(state)
    call = await prepare(
        raw,
        store=store,
        profiles=state.pool.profiles,
        request_id=request_id(request),
        caller=caller,
    )
    if call.background:
        response = await state.background.start(call, state)
        return _watched(request, response) if call.stream else JSONResponse(response.writer.body)
    writer, keep = ResponseWriter(call), keeper(store, call)
    if call.stream:
        return EventStream(
            told(call, writer, spine, keep),
            ResponseFrames(writer),
            keep_alive_seconds=state.settings.keep_alive_seconds,
        )

    async def answer() -> Reply:
        await whole(call, writer, spine, keep)
        end = writer.finished
        return Reply(writer.body, {"server-timing": server_timing(end.timing)} if end else {})

    return JsonReply(answer)


@router.get("/responses/{response_id}")
async def get_response(
    request: Request,
    response_id: str,
    caller: Caller,
    stream: bool = False,
    starting_after: Annotated[int, Query(ge=-1)] = -1,
) -> Response:
    """A stored response as it is now; with ``stream`` the events of a background one."""
    running = _background(request).find(caller.scope, response_id)
    if stream:
        if running is None:
            await _stored(request, caller.scope, response_id)
            raise BadRequest(
                "Only a response that was begun with 'background' and has not ended long ago can "
                "be streamed. Leave 'stream' out to fetch it whole.",
                param="stream",
            )
        return _watched(request, running, starting_after)
    if running is not None:
        return JSONResponse(running.writer.body)
    return JSONResponse((await _stored(request, caller.scope, response_id)).body)


@router.delete("/responses/{response_id}")
async def delete_response(request: Request, response_id: str, caller: Caller) -> dict[str, Any]:
    """Forget a response; one that runs is stopped first."""
    background = _background(request)
    running = background.find(caller.scope, response_id)
    if running is not None:
        await background.forget(running)
    if not await request.app.state.responses.delete(caller.scope, response_id):
        raise _not_found(response_id)
    return {"id": response_id, "object": "response", "deleted": True}


@router.post("/responses/{response_id}/cancel")
async def cancel_response(request: Request, response_id: str, caller: Caller) -> Response:
    """Stop a background response; one that has ended is returned as it is."""
    background = _background(request)
    running = background.find(caller.scope, response_id)
    if running is not None:
        await background.cancel(running)
        return JSONResponse(running.writer.body)
    stored = await _stored(request, caller.scope, response_id)
    if not stored.body.get("background"):
        raise BadRequest(
            "Only a response that was begun with 'background' can be cancelled; to stop a "
            "streamed one, close its connection.",
            param="response_id",
        )
    return JSONResponse(stored.body)


class Page(BaseModel):
    """Which part of a list is wanted: ``limit`` items after the one with the id ``after``."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    order: Literal["asc", "desc"] = "desc"
    after: str | None = None


@router.get("/responses/{response_id}/input_items")
async def list_input_items(
    request: Request, response_id: str, caller: Caller, page: Annotated[Page, Query()]
) -> dict[str, Any]:
    """What the model was given: the items of the responses before, and the request's own."""
    await _stored(request, caller.scope, response_id)
    lineage = await request.app.state.responses.lineage(caller.scope, response_id)
    items = [*items_of(lineage[:-1]), *lineage[-1].input_items]
    if page.order == "desc":
        items.reverse()
    start = 0
    if page.after is not None:
        found = [at for at, item in enumerate(items) if item["id"] == page.after]
        if not found:
            raise BadRequest("'after' must be the id of an item of this list.", param="after")
        start = found[0] + 1
    shown = items[start : start + page.limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": start + page.limit < len(items),
    }


def _watched(
    request: Request, response: BackgroundResponse, starting_after: int = -1
) -> EventStream[Any]:
    """A watcher who leaves changes nothing."""
    return EventStream(
        response.watch(starting_after),
        ResponseFrames(response.writer),
        keep_alive_seconds=request.app.state.settings.keep_alive_seconds,
    )


def _background(request: Request) -> BackgroundResponses:
    background: BackgroundResponses = request.app.state.background
    return background


async def _stored(request: Request, owner: str, response_id: str) -> StoredResponse:
    stored: StoredResponse | None = await request.app.state.responses.get(owner, response_id)
    if stored is None:
        raise _not_found(response_id)
    running = _background(request).find(owner, response_id) is not None
    return interrupted(stored) if stored.status in UNFINISHED and not running else stored


def _not_found(response_id: str) -> NotFound:
    return NotFound(
        f"Response with id '{response_id[:100]}' not found. It was never stored, or it has been "
        "deleted.",
        param="response_id",
    )
