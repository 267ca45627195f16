"""One thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """``PROBLEM`` keeps the server from starting or answering; ``WARNING`` does not."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """``detail`` says what was found; ``remedy`` what to do about it, when there is something."""

    name: str
    state: State
    detail: str
    remedy: str | None = None
