"""The way into the spines: every dialect's requests are answered here or elsewhere."""

from mlx_manager.mlx_server.core.doors import Doors, PlainHere, Question, Result
from mlx_manager.mlx_server.core.elsewhere import Elsewhere, Walk
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.record import record_of
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.generate import generate
from mlx_manager.mlx_server.models.pool import ModelPoolManager


def answer(
    request: GenerationRequest,
    pool: ModelPoolManager,
    elsewhere: Elsewhere,
    halt: Halt | None = None,
) -> Walk:
    """A walk under the contract of ``generate``, wherever it is made."""
    record_of(request.model)

    def here() -> Walk:
        return generate(request, pool, halt)

    # A model that the caller may not name is refused by ``generate``: nobody else hears of it.
    asked = request.principal.may_use(request.model)
    return (elsewhere.answer(request, here, halt) if asked else None) or here()


async def plain_answer(question: Question[Result], doors: Doors, here: PlainHere[Result]) -> Result:
    """The answer to a plain question, wherever it is found; ``here`` refuses models that the
    caller may not name, as ``generate`` does."""
    record_of(question.model)
    may_ask = question.caller.may_use(question.model)
    return await ((doors.ask(question, here) if may_ask else None) or here())
