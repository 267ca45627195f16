"""Having a process run a profile."""

from typing import Any

from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.dialects.relay.profile import encode_profile
from mlx_manager.services.server_manager.asking import Answer, NoAnswerError
from mlx_manager.services.server_manager.model_process import ModelProcess

PROFILE_PATH = "/v1/relay/profile"
LOAD_PATH = "/v1/admin/load"
NEVER_FITS = 507


class ModelRefused(Exception):
    """The process runs and cannot have this model: starting it again would not help."""


async def publish(process: ModelProcess, profile: Profile) -> str | None:
    """Have the process know this version of its profile, unless it does: None, or what went wrong.
    Raises ``ModelRefused``."""
    if process.published == profile:
        return None
    failure = await _order(process, PROFILE_PATH, encode_profile(profile))
    if failure is None:
        process.published = profile
    return failure


async def load(process: ModelProcess, profile: Profile) -> str | None:
    """Ask for the profile's model and wait until it is resident: None, or what went wrong and may
    not the next time. Raises ``ModelRefused``."""
    failure = await publish(process, profile)
    return failure or await _order(process, LOAD_PATH, {"model": profile.name})


async def _order(process: ModelProcess, path: str, order: dict[str, Any]) -> str | None:
    try:
        answer = await process.ask(path, order)
    except NoAnswerError as error:
        return f"did not load its model: {error}"
    if answer.status == 200:
        return None
    reason = _message(answer)
    if answer.status < 500 or answer.status == NEVER_FITS:
        raise ModelRefused(reason)
    return f"did not load its model: {reason}"


def _message(answer: Answer) -> str:
    error = answer.body.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return str(message) if message else f"it answered with status {answer.status}"
