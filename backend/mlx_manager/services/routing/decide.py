"""Which rule fits a request, and where it goes by it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.errors import (
    InferenceError,
    InsufficientMemory,
    InvalidModel,
    ModelNotFound,
    Overloaded,
)
from mlx_manager.schemas.routing import RoutingWhen, RuleReply, Target

_ABSENT = (ModelNotFound, InvalidModel)
_BUSY = (Overloaded, InsufficientMemory)
_MEANS: dict[RoutingWhen, tuple[type[InferenceError], ...]] = {
    RoutingWhen.ALWAYS: (),
    RoutingWhen.ABSENT: _ABSENT,
    RoutingWhen.BUSY: _BUSY,
    RoutingWhen.UNAVAILABLE: (*_ABSENT, *_BUSY),
}
OFF = "Routing is switched off (the setting routing_enabled): everything is answered here."
STAYS = "What this caller asks stays on this machine."
NO_RULE = "No rule fits: it is answered here."


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at. ``waiting`` are requests that wait for the engine here."""

    model: ModelId
    prompt_tokens: int = 0
    user_id: str | None = None
    key_id: str | None = None
    waiting: int = 0

    @classmethod
    def of(cls, model: ModelId, caller: Principal, prompt_tokens: int, waiting: int) -> "Facts":
        """Of a caller's request."""
        return cls(model, prompt_tokens, caller.user_id, caller.key_id, waiting)


@dataclass(frozen=True, slots=True)
class Step:
    """A place to ask, and by what name; None is this machine."""

    provider_id: str | None
    model: ModelId


@dataclass(frozen=True, slots=True)
class Plan:
    """The places in order. What fails here goes on to the next only for the reasons that the rule
    is for."""

    rule: RuleReply
    reason: str
    steps: tuple[Step, ...]

    def goes_on(self, error: InferenceError) -> bool:
        """Whether what went wrong here is a reason to ask elsewhere."""
        return isinstance(error, _MEANS[self.rule.when])


def decide(rules: Sequence[RuleReply], facts: Facts) -> Plan | None:
    """The plan of the first rule that fits; None leaves the request here."""
    rule = next((rule for rule in rules if fits(rule, facts)), None)
    if rule is None:
        return None
    away = tuple(Step(t.provider_id, renamed(rule, t, facts.model)) for t in rule.targets)
    here = (Step(None, facts.model),)
    told = f"The rule {rule.name!r} fits"
    if rule.when is RoutingWhen.ALWAYS:
        return Plan(rule, f"{told}.", away + here if rule.then_here else away)
    if _is_busy(rule, facts):
        reason = f"{told}, and {facts.waiting} requests wait here."
        return Plan(rule, reason, away + here if rule.then_here else away)
    reason = f"{told}: this machine is asked first, and others where it is {rule.when.value}."
    return Plan(rule, reason, here + away)


def fits(rule: RuleReply, facts: Facts) -> bool:
    """Whether every condition of a rule holds."""
    lowest, highest = rule.prompt_tokens_from, rule.prompt_tokens_below
    return (
        rule.is_enabled
        and _pattern(rule.model).fullmatch(facts.model) is not None
        and (rule.user_ids is None or facts.user_id in rule.user_ids)
        and (rule.key_ids is None or facts.key_id in rule.key_ids)
        and (lowest is None or facts.prompt_tokens >= lowest)
        and (highest is None or facts.prompt_tokens < highest)
    )


def renamed(rule: RuleReply, target: Target, model: ModelId) -> ModelId:
    """What a model is called at a target."""
    if target.model is None:
        return model
    match = _pattern(rule.model).fullmatch(model)
    if "*" not in target.model or match is None or not match.groups():
        return ModelId(target.model)
    return ModelId(target.model.replace("*", match[1]))


def offered_as(rule: RuleReply, target: Target, models: Sequence[str]) -> list[ModelId]:
    """The names by which clients reach a provider's ``models`` through one target of a rule."""
    if "*" not in rule.model:
        return [ModelId(rule.model)]
    if target.model is None:
        return [ModelId(name) for name in models if _pattern(rule.model).fullmatch(name)]
    if "*" not in target.model:
        return []
    matches = (_pattern(target.model).fullmatch(name) for name in models)
    return [ModelId(rule.model.replace("*", match[1])) for match in matches if match is not None]


def _is_busy(rule: RuleReply, facts: Facts) -> bool:
    for_busy = rule.when in (RoutingWhen.BUSY, RoutingWhen.UNAVAILABLE)
    return for_busy and rule.waiting_from is not None and facts.waiting >= rule.waiting_from


def _pattern(text: str) -> re.Pattern[str]:
    """``*`` is any part of a name; nothing else is special."""
    return re.compile("(.*)".join(re.escape(each) for each in text.split("*")), re.DOTALL)
