"""A ``GenerationRequest`` on its way to another process of this machine."""

from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.core.request import GenerationRequest

_STAYS = "principal"
"""Limits, keys and names of callers are the manager's business."""

_TRAVEL = tuple(each.name for each in fields(GenerationRequest) if each.name != _STAYS)


class _Envelope(BaseModel):
    """``relay_id`` names this answer alone; choices of one request share a ``request_id``.
    ``scope`` and ``priority`` are the caller's."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=True)

    relay_id: str = Field(min_length=1, max_length=64)
    scope: str
    priority: int


@cache
def relay_body() -> type[_Envelope]:
    """The envelope with every field that a request has, of the same types. Made at its first use:
    a start needs none."""
    hints = get_type_hints(GenerationRequest)
    named: dict[str, Any] = {name: (hints[name], ...) for name in _TRAVEL}
    return create_model("RelayBody", __base__=_Envelope, **named)


def encode_request(request: GenerationRequest, relay_id: str) -> bytes:
    """One JSON object."""
    caller = request.principal
    body = relay_body().model_construct(
        relay_id=relay_id,
        scope=caller.scope,
        priority=caller.priority,
        **{name: getattr(request, name) for name in _TRAVEL},
    )
    return body.model_dump_json(warnings=False).encode()


def decode_request(body: _Envelope) -> GenerationRequest:
    """The same request; what its caller may do was looked at before it was sent."""
    caller = Principal(
        scope=body.scope, kind=PrincipalKind.LOCAL, is_admin=True, priority=body.priority
    )
    given: dict[str, Any] = {name: getattr(body, name) for name in _TRAVEL}
    return GenerationRequest(principal=caller, **given)
