"""The door that a manager comes through to a process of its own. Nobody else is let in."""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Administrator
from mlx_manager.mlx_server.api.streaming import EventStream
from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.openai.validation import read_body
from mlx_manager.mlx_server.dialects.relay.events import RelayLines
from mlx_manager.mlx_server.dialects.relay.profile import read_profile
from mlx_manager.mlx_server.dialects.relay.request import decode_request, relay_body
from mlx_manager.mlx_server.generate import generate
from mlx_manager.mlx_server.models.pool import ModelPoolManager

router = APIRouter(tags=["relay"], include_in_schema=False)

Halts = dict[str, Halt]


@router.post("/relay")
async def relay(request: Request, caller: Administrator) -> Response:
    """The events of one answer, a line each."""
    del caller  # who asks is in the body: the manager has looked at them
    body = read_body(relay_body(), await read_json(request))
    state = request.app.state
    return EventStream(
        _haltable(decode_request(body), state.pool, state.halts, body.relay_id),
        RelayLines(),
        keep_alive_seconds=state.settings.keep_alive_seconds,
    )


@router.post("/relay/profile")
async def publish(request: Request, caller: Administrator) -> dict[str, Any]:
    """Run this profile from now on, or this version of it; its model is loaded by its name."""
    del caller
    profile = read_profile(await read_json(request))
    pool: ModelPoolManager = request.app.state.pool
    pool.profiles.publish(profile)
    return {"name": profile.name}


@router.post("/relay/{relay_id}/halt")
async def halt(request: Request, caller: Administrator, relay_id: str) -> dict[str, Any]:
    """End an answer early; its ``Finished`` comes on its own stream."""
    del caller
    halts: Halts = request.app.state.halts
    found = halts.get(relay_id)
    return {"halted": found.ask() if found is not None else False}


async def _haltable(
    request: GenerationRequest, pool: ModelPoolManager, halts: Halts, relay_id: str
) -> AsyncGenerator[GenerationEvent, None]:
    halt = halts[relay_id] = Halt()
    events = generate(request, pool, halt)
    try:
        async for event in events:
            yield event
    finally:
        del halts[relay_id]
        await events.aclose()
