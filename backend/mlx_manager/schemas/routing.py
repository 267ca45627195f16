"""Routing rules as ``/api/routing`` shows and takes them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MOST_RULES = 200


class RoutingWhen(StrEnum):
    """In which state of the model here a rule holds.

    ``absent``: it is not on this machine, or its files cannot be served. ``busy``: there is no
    room for it or its queue is full. ``unavailable``: either of them.
    """

    ALWAYS = "always"
    ABSENT = "absent"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"


RuleName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Pattern = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(description="The model's name as clients write it, `*` for any part of it."),
]
Ids = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=32)]],
    Field(min_length=1, max_length=1000),
]
Tokens = Annotated[
    int,
    Field(ge=0, le=100_000_000, description="Of the prompt, at four characters a token."),
]
Waiting = Annotated[
    int,
    Field(
        ge=1,
        le=1_000_000,
        description="It is busy as well while so many requests wait here; for `busy` rules.",
    ),
]


class Target(BaseModel):
    """A provider, and what the model is called there; null for the same name. A ``*`` stands for
    what the ``*`` of the rule's pattern stood for."""

    model_config = ConfigDict(extra="forbid")

    provider_id: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    model: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


Targets = Annotated[
    list[Target],
    Field(min_length=1, max_length=10, description="Asked in this order, until one answers."),
]


class RuleFields(BaseModel):
    """A rule. Conditions that are null hold for every request; ``then_here`` lets this machine
    answer where no target does."""

    model_config = ConfigDict(extra="forbid")

    name: RuleName
    is_enabled: bool = True
    model: Pattern
    when: RoutingWhen = RoutingWhen.ABSENT
    user_ids: Ids | None = None
    key_ids: Ids | None = None
    prompt_tokens_from: Tokens | None = None
    prompt_tokens_below: Tokens | None = None
    waiting_from: Waiting | None = None
    targets: Targets
    then_here: bool = False

    @model_validator(mode="after")
    def _hold_together(self) -> "RuleFields":
        has_star = any("*" in (target.model or "") for target in self.targets)
        if has_star and self.model.count("*") != 1:
            raise ValueError("a target's '*' needs a pattern with exactly one '*'")
        return self


class RuleReply(RuleFields):
    """One rule; the first of the list that fits a request decides."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    created_at: datetime


class RuleOrder(BaseModel):
    """Every rule's id, first to last."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[str], Field(max_length=MOST_RULES)]


class RouteQuestion(BaseModel):
    """A request that nobody makes."""

    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    prompt_tokens: Tokens = 0
    user_id: str | None = None
    key_id: str | None = None


class RouteStep(BaseModel):
    """One place that would be asked: ``provider_id`` null is this machine. ``skipped`` says why it
    would be passed over at this moment."""

    provider_id: str | None
    provider: str | None
    model: str
    skipped: str | None = None


class RouteAnswer(BaseModel):
    """Where such a request would go, in order, and why in words."""

    rule_id: str | None
    rule: str | None
    reason: str
    steps: list[RouteStep]
