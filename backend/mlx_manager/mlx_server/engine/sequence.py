"""One sequence on the MLX thread: where it is and what it has cost."""

import secrets
import time
from dataclasses import dataclass, field

from mlx_manager.mlx_server.core.events import Timing
from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.ports import SequenceSpec
from mlx_manager.mlx_server.core.tokens import Ended, EndReason

HEAD_START_SECONDS = 30.0
"""What one step of priority is worth in the queue."""


@dataclass(slots=True)
class Sequence:
    """Waiting until ``uid`` is set, then a row of its model's batch. Times in seconds."""

    id: SequenceId
    spec: SequenceSpec
    submitted_at: float
    uid: int | None = None
    admitted_at: float | None = None
    first_token_at: float | None = None
    cached_tokens: int = 0
    completion_tokens: int = 0
    needed_bytes: int = 0
    seed: int = field(init=False)

    def __post_init__(self) -> None:
        given = self.spec.sampling.seed
        self.seed = secrets.randbits(63) if given is None else given

    @property
    def queued_since(self) -> float:
        """When it came, moved by its priority: nobody waits for ever behind those before them."""
        return self.submitted_at - self.spec.priority * HEAD_START_SECONDS

    def count_token(self) -> None:
        """One more sampled id, an end-of-sequence id included."""
        self.completion_tokens += 1
        if self.first_token_at is None:
            self.first_token_at = time.perf_counter()

    def end(self, reason: EndReason) -> Ended:
        """The last item, with what was spent until now."""
        now = time.perf_counter()
        admitted = self.admitted_at or now
        first = self.first_token_at or now
        timing = Timing(
            queue_seconds=admitted - self.submitted_at,
            prefill_seconds=first - admitted,
            decode_seconds=now - first,
        )
        return Ended(reason, self.completion_tokens, self.cached_tokens, timing)
