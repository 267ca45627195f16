"""What a request turned out to be, for whoever keeps the books.

A parent application sets ``app.state.recorder``; alone, nobody is told. The record of the request
under way is a context variable, because that is what the tasks of one request already share: each
choice of an answer walks in a task of its own, and every dialect would otherwise carry the record
through decode, walk and encode without looking at it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from mlx_manager.mlx_server.core.events import Timing, Usage
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal

CLIENT_LEFT = 499
"""nginx's status for a client that did not wait for the end."""

MOST_TEXT = 65_536
"""Characters of a request's text that are kept where they are kept at all."""


@dataclass(frozen=True, slots=True)
class _Walk:
    prompt: object
    usage: Usage
    timing: Timing


@dataclass(slots=True)
class RequestRecord:
    """One request, filled in by the rooms it passes.

    ``status`` is that of its end: a stream that failed late has its error's, one that was cut off
    has 499. ``model`` is the one asked for; ``served`` says that it was there and took the
    request. ``place`` is the machine that answered, where that was another one. ``text`` is None
    unless ``keeps_text``.
    """

    request_id: str
    method: str
    path: str
    client: str | None = None
    agent: str = ""
    keeps_text: bool = False
    deliver: Callable[["RequestRecord"], None] | None = None
    principal: Principal | None = None
    model: ModelId | None = None
    served: bool = False
    place: str | None = None
    status: int = 0
    error: str | None = None
    text: str | None = None
    began_at: float = field(default_factory=time.time)
    seconds: float = 0.0
    usage: Usage = field(default_factory=lambda: Usage(0, 0))
    timing: Timing = field(default_factory=Timing)
    _began: float = field(default_factory=time.perf_counter)
    _walks: list[_Walk] = field(default_factory=list)
    _holders: int = 1

    def count(self, prompt: object, usage: Usage, timing: Timing) -> None:
        """Add what a walk used. Several answers to one ``prompt`` (the same object) read it once,
        and what the first of them left in the cache for the others is no saving."""
        self._walks.append(_Walk(prompt, usage, timing))

    def keep_text(self, text: str) -> None:
        """What was asked, cut where it is long."""
        if self.keeps_text:
            self.text = text[:MOST_TEXT]

    def fail(self, status: int, error: str | None) -> None:
        """It ended badly, whatever its reply began with."""
        self.status, self.error = status, error

    def hold(self) -> None:
        """Somebody goes on working for this request after its reply; they ``release`` it too."""
        self._holders += 1

    def release(self) -> None:
        """One holder less; the last one hands the record over."""
        self._holders -= 1
        if self._holders == 0:
            self.seconds = time.perf_counter() - self._began
            self.usage, self.timing = _sum(self._walks)
            self._walks.clear()
            if self.deliver is not None:
                self.deliver(self)


class Recorder(Protocol):
    """Where records go."""

    @property
    def keeps_text(self) -> bool:
        """Whether the text of requests may be kept."""
        ...

    def record(self, record: RequestRecord) -> None:
        """Take a finished record. Called on the event loop; does not wait and does not raise."""
        ...


class NoRecorder:
    """Of an app that nobody keeps books for."""

    keeps_text = False

    def record(self, record: RequestRecord) -> None:
        """Forget it."""


_current: ContextVar[RequestRecord | None] = ContextVar("record", default=None)


def current_record() -> RequestRecord:
    """The record of the request under way, or one that goes nowhere."""
    return _current.get() or RequestRecord("", "", "")


def record_of(model: ModelId) -> RequestRecord:
    """The current record, told which model is asked for."""
    record = current_record()
    record.model = model
    return record


@contextmanager
def recording(record: RequestRecord) -> Iterator[RequestRecord]:
    """Make ``record`` the current one, and release it at the end."""
    token = _current.set(record)
    try:
        yield record
    finally:
        _current.reset(token)
        record.release()


def _sum(walks: list[_Walk]) -> tuple[Usage, Timing]:
    groups: list[list[_Walk]] = []
    for walk in walks:
        same = next((group for group in groups if group[0].prompt is walk.prompt), None)
        if same is None:
            groups.append([walk])
        else:
            same.append(walk)
    usages, timings = [walk.usage for walk in walks], [walk.timing for walk in walks]
    return (
        Usage(
            prompt_tokens=sum(group[0].usage.prompt_tokens for group in groups),
            completion_tokens=sum(usage.completion_tokens for usage in usages),
            cached_tokens=sum(min(w.usage.cached_tokens for w in group) for group in groups),
            reasoning_tokens=sum(usage.reasoning_tokens for usage in usages),
        ),
        Timing(
            queue_seconds=max((t.queue_seconds for t in timings), default=0.0),
            prefill_seconds=max((t.prefill_seconds for t in timings), default=0.0),
            decode_seconds=max((t.decode_seconds for t in timings), default=0.0),
        ),
    )
