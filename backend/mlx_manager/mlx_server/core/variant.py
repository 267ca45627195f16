"""What is resident as one thing: a model alone, or a model with an adapter on top."""

from dataclasses import dataclass

from mlx_manager.mlx_server.core.ids import ModelId


@dataclass(frozen=True, slots=True)
class Variant:
    """Each is loaded, measured, leased and evicted for itself. ``adapter`` is the name or path
    that a request gave; None is the model as it was published."""

    model: ModelId
    adapter: str | None = None

    def __str__(self) -> str:
        """As an error or the log names it."""
        if self.adapter is None:
            return repr(str(self.model))
        return f"{str(self.model)!r} with the adapter {self.adapter!r}"
