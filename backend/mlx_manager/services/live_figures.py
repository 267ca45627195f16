"""A model's numbers, as its readers get them."""

from dataclasses import asdict

from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.schemas.live_figures import LiveFigures


def live_figures(figures: ModelFigures) -> LiveFigures:
    """Rounded to what can be told apart: else each look would be news."""
    rate = figures.cache_hit_rate
    shown = asdict(figures) | {"tokens_per_second": round(figures.tokens_per_second, 1)}
    return LiveFigures(**shown, cache_hit_rate=None if rate is None else round(rate, 3))
