"""What a model is doing at this moment, as the dashboard shows it."""

from pydantic import BaseModel


class LiveFigures(BaseModel):
    """Answers being made and in the queue, tokens written a second over the last seconds, and sums
    since the model was loaded (in a process of its own: since the server started).

    ``cached_tokens`` are those of ``prompt_tokens`` that came from the prefix cache, and
    ``cache_hit_rate`` is their share; null before the first prompt.
    """

    running: int
    waiting: int
    tokens_per_second: float
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cache_hit_rate: float | None
