"""Requests to another server, and what comes of them."""

from typing import Any

from mlx_manager.mlx_server.core.elsewhere import Walk
from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest, Message

MODEL = ModelId("far/model")


def request(content: str = "Hi there", **fields: Any) -> GenerationRequest:
    """A chat of one turn."""
    asked: dict[str, Any] = {"messages": (Message("user", content),), **fields}
    return GenerationRequest(RequestId("r"), MODEL, LOCAL_OWNER, **asked)


async def heard(walk: Walk) -> list[GenerationEvent]:
    """Every event, to the end."""
    return [event async for event in walk]
