"""Usage as ``/api/usage`` shows it."""

import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

Day = datetime.date


class UsageGroup(StrEnum):
    """By what sums are told apart."""

    DAY = "day"
    USER = "user"
    KEY = "key"
    MODEL = "model"


class UsageQuery(BaseModel):
    """Whose usage, of which days (in UTC, both are meant): one's own of the last thirty, unless
    this says otherwise. ``all`` is everybody's, for administrators."""

    by: UsageGroup = UsageGroup.DAY
    since: Day | None = None
    until: Day | None = None
    all: bool = False
    user_id: Annotated[str | None, Field(max_length=32)] = None
    key_id: Annotated[str | None, Field(max_length=32)] = None
    model: Annotated[str | None, Field(max_length=500)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None


class UsageSum(BaseModel):
    """Requests that a model took, their tokens, and the time they took in all."""

    requests: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    duration_ms: float


class UsageReply(UsageSum):
    """The sum of one group: the fields of its kind are set. An empty ``user_id`` or ``key_id``
    stands for callers without an account or key; names are null where those are gone."""

    day: Day | None = None
    user_id: str | None = None
    user_email: str | None = None
    key_id: str | None = None
    key_name: str | None = None
    model: str | None = None


class UsagePage(BaseModel):
    """Sums in the order of their groups; ``total`` is that of all groups, this page's or not."""

    since: Day
    until: Day
    items: list[UsageReply]
    total: UsageSum
    next_cursor: str | None
