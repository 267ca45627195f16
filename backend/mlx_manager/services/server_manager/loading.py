"""Having a process load its model."""

from mlx_manager.services.server_manager.asking import Answer, NoAnswerError
from mlx_manager.services.server_manager.model_process import ModelProcess
from mlx_manager.services.server_manager.process_spec import ProcessSpec

LOAD_PATH = "/v1/admin/load"
NEVER_FITS = 507


class ModelRefused(Exception):
    """The process runs and cannot have this model: starting it again would not help."""


async def load(process: ModelProcess, spec: ProcessSpec) -> str | None:
    """Ask for the model and wait until it is resident: None, or what went wrong and may not the
    next time. Raises ``ModelRefused``."""
    order = {"model": spec.model, "pinned": spec.idle_unload_seconds == 0}
    try:
        answer = await process.ask(LOAD_PATH, order)
    except NoAnswerError as error:
        return f"did not load {spec.model}: {error}"
    if answer.status == 200:
        return None
    reason = _message(answer)
    if answer.status < 500 or answer.status == NEVER_FITS:
        raise ModelRefused(reason)
    return f"did not load {spec.model}: {reason}"


def _message(answer: Answer) -> str:
    error = answer.body.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return str(message) if message else f"it answered with status {answer.status}"
