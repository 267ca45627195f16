"""Who is asking which process, and what it writes: counted by those who ask."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mlx_manager.db.columns import utc_now
from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    Logprobs,
    PromptProgress,
)
from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.pace import Pace

Note = Callable[[GenerationEvent], None]
"""Told each event of an answer."""


@dataclass(slots=True)
class _Use:
    """Of one profile's process; all its answers go through here, so nobody else has to be asked."""

    running: int = 0
    waiting: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    pace: Pace = field(default_factory=Pace)
    last_at: datetime | None = None


@dataclass(slots=True)
class _Answer:
    """One answer: in the process's queue until its prompt is being read."""

    use: _Use
    waits: bool = True
    written: int = 0

    def note(self, event: GenerationEvent) -> None:
        self.begin()
        match event:
            case PromptProgress() | Logprobs():
                pass
            case Finished(usage=usage):
                self.use.prompt_tokens += usage.prompt_tokens
                self.use.cached_tokens += usage.cached_tokens
                self._write(max(usage.completion_tokens - self.written, 0))
            case _:  # a delta is a token or more; the end corrects it
                self._write(1)

    def begin(self) -> None:
        """It is not in the queue any more."""
        self.use.waiting -= self.waits
        self.waits = False

    def _write(self, tokens: int) -> None:
        self.written += tokens
        self.use.completion_tokens += tokens
        if tokens:
            self.use.pace.add(tokens, time.monotonic())


class ProcessUse:
    """Answers under way, when the last one ended or began, and what they took, by profile."""

    def __init__(self) -> None:
        self._uses: defaultdict[str, _Use] = defaultdict(_Use)

    @contextlib.contextmanager
    def of(self, profile_id: str) -> Iterator[None]:
        """One more question for the length of a block."""
        use = self._uses[profile_id]
        use.running += 1
        use.last_at = utc_now()
        try:
            yield
        finally:
            use.running -= 1
            use.last_at = utc_now()

    @contextlib.contextmanager
    def answering(self, profile_id: str) -> Iterator[Note]:
        """One more answer, whose events are noted as they come."""
        answer = _Answer(self._uses[profile_id])
        answer.use.waiting += 1
        try:
            with self.of(profile_id):
                yield answer.note
        finally:
            answer.begin()

    def running(self, profile_id: str) -> int:
        """How many are being answered, or wait to be."""
        return self._uses[profile_id].running

    def figures(self, profile_id: str) -> ModelFigures:
        """What its process is doing."""
        use = self._uses[profile_id]
        return ModelFigures(
            running=use.running - use.waiting,
            waiting=use.waiting,
            prompt_tokens=use.prompt_tokens,
            cached_tokens=use.cached_tokens,
            completion_tokens=use.completion_tokens,
            tokens_per_second=use.pace.per_second(time.monotonic()),
        )

    def last_used_at(self, profile_id: str) -> datetime | None:
        """None where nobody has asked."""
        return self._uses[profile_id].last_at
