"""The speed of each resident model, from the totals that the worker reports. On the event loop."""

from collections.abc import Mapping
from dataclasses import replace

from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.pace import Pace


class Paces:
    """Models are known by their handles' ``generation``."""

    def __init__(self) -> None:
        self._models: Mapping[int, ModelFigures] = {}
        self._paces: dict[int, Pace] = {}

    def note(self, models: Mapping[int, ModelFigures], now: float) -> None:
        """What the worker reports now; a model that is not among them is gone."""
        for generation, figures in models.items():
            before = self._models.get(generation, ModelFigures())
            made = figures.completion_tokens - before.completion_tokens
            if made > 0:  # a worker that crashed counts from nothing again
                self._paces.setdefault(generation, Pace()).add(made, now)
        self._models = models
        for generation in self._paces.keys() - models.keys():
            del self._paces[generation]

    def figures(self, now: float) -> dict[int, ModelFigures]:
        """As reported last, with the speed of this moment."""
        return {
            generation: replace(figures, tokens_per_second=self._paces[generation].per_second(now))
            if generation in self._paces
            else figures
            for generation, figures in self._models.items()
        }
