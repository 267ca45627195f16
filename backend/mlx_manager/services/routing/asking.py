"""One provider being asked: what its circuit learns from it."""

from types import TracebackType

from mlx_manager.mlx_server.errors import InferenceError, ModelNotFound
from mlx_manager.services.routing.book import RoutingBook
from mlx_manager.services.routing.circuit import Circuit
from mlx_manager.services.upstream.faults import NoWords, is_of_the_request


class Asking:
    """Around one request to a provider. One that breaks off is not well for having begun."""

    def __init__(self, book: RoutingBook, provider_id: str) -> None:
        self._book = book
        self._provider_id = provider_id
        self._has_begun = False

    def __enter__(self) -> "Asking":
        self._book.note(self._provider_id, self._circuit.asked())
        return self

    def begun(self) -> None:
        """It has begun to answer."""
        if not self._has_begun:
            self._has_begun = True
            self._book.note(self._provider_id, self._circuit.began())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """A server that says what is wrong with a request is well."""
        self._book.note(self._provider_id, self._after(error))

    def _after(self, error: BaseException | None) -> Circuit:
        circuit = self._circuit
        if isinstance(error, NoWords):
            return circuit.let_go()
        if error is None or is_of_the_request(error) or isinstance(error, ModelNotFound):
            return circuit.answered()
        if isinstance(error, InferenceError):
            return circuit.failed(self._book.clock(), error.retry_after_seconds)
        return circuit.let_go()

    @property
    def _circuit(self) -> Circuit:
        return self._book.circuit(self._provider_id)
