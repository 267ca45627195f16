"""A profile on its way to the process that runs it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.errors import BadRequest


@cache
def _adapter() -> TypeAdapter[Profile]:
    return TypeAdapter(Profile)


def encode_profile(profile: Profile) -> dict[str, Any]:
    """As JSON has it. Over there it runs in the server's own process."""
    told: dict[str, Any] = _adapter().dump_python(replace(profile, own_process=False), mode="json")
    return told


def read_profile(body: Mapping[str, Any]) -> Profile:
    """The same profile. Raises ``BadRequest``."""
    try:
        return _adapter().validate_python(body)
    except ValidationError as error:
        raise BadRequest(f"This is no profile: {error.errors()[0]['msg']}.") from None
