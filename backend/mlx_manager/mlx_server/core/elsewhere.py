"""The fork of the spine: a request may be answered by another process, or on another machine.

The parent application says so by setting ``app.state.elsewhere``; alone, everything is answered
here.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest

Walk = AsyncGenerator[GenerationEvent, None]
"""One answer, under the contract of ``generate``: deltas and one ``Finished``, or one error."""

Here = Callable[[], Walk]
"""Begins to answer the request at hand in this process, anew at each call."""


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that others answer for, as ``/v1/models`` lists it."""

    id: ModelId
    owned_by: str
    created: int = 0
    context_length: int | None = None


class Elsewhere(Protocol):
    """Who may answer in this process's place."""

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        """None leaves the request to ``here``. A walk is the answer instead: it may itself begin
        with ``here()`` or come back to it, as long as nothing has been yielded.

        What is not made by ``here`` is charged and recorded by the walk, and the record's
        ``place`` names where it was made when that is another machine. ``halt`` ends it early.
        """
        ...

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        """What this caller could name besides the models that are here."""
        ...


class Nowhere:
    """An ``Elsewhere`` that leaves everything to this process."""

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        """Here."""
        del request, here, halt
        return None

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        """Nothing."""
        del caller
        return ()


@dataclass(frozen=True, slots=True)
class Nested:
    """``outer`` decides first; what it leaves to "here" is ``inner``'s to decide."""

    outer: Elsewhere
    inner: Elsewhere

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        """The outer one's answer, or the inner one's."""

        def within() -> Walk:
            return self.inner.answer(request, here, halt) or here()

        return self.outer.answer(request, within, halt) or self.inner.answer(request, here, halt)

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        """Both lists; a name is the inner one's first."""
        inner = self.inner.models(caller)
        names = {model.id for model in inner}
        return (*inner, *(model for model in self.outer.models(caller) if model.id not in names))
