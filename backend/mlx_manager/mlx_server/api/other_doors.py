"""A plain question, answered where its model is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.datastructures import State

from mlx_manager.mlx_server.api.streaming import JsonReply, Reply
from mlx_manager.mlx_server.core.doors import Door, Doors
from mlx_manager.mlx_server.core.events import Timing, Usage
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.record import record_of
from mlx_manager.mlx_server.models.access import check_access


def answered_at(
    state: State,
    path: str,
    body: Mapping[str, Any],
    caller: Principal,
    here: Callable[[], Awaitable[Reply]],
) -> JsonReply:
    """The reply to a body that was read and found right: ``here``, or from the other process that
    has its model. The caller pays for the tokens that a reply says it read."""
    model = ModelId(str(body.get("model")))
    doors: Doors = state.doors
    door = doors.find(model)

    async def answer() -> Reply:
        return await here() if door is None else await _through(door, path, body, caller, model)

    return JsonReply(answer)


async def _through(
    door: Door, path: str, body: Mapping[str, Any], caller: Principal, model: ModelId
) -> Reply:
    check_access(caller, model)
    record = record_of(model)
    reply = await door(path, body)
    record.served = True
    told = reply.get("usage")
    if isinstance(told, dict):
        tokens = int(told.get("prompt_tokens") or told.get("total_tokens") or 0)
        caller.allowance.spend(tokens)
        record.count(body, Usage(tokens, 0), Timing())
    return Reply({**reply, "model": model} if "model" in reply else reply)
