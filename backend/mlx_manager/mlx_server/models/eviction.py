"""Who must go so that a model fits: pure, from plain facts."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mlx_manager.mlx_server.core.variant import Variant


@dataclass(frozen=True, slots=True)
class ResidentFacts:
    """One model that holds memory; ``last_used`` in seconds on any rising clock, and after
    ``idle_seconds`` without use it may go (0: never)."""

    id: Variant
    reserved_bytes: int
    evictable: bool
    last_used: float
    idle_seconds: float = 0.0


class Verdict(StrEnum):
    """Load after evicting the victims; come back later; or never."""

    FITS = "fits"
    BUSY = "busy"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Plan:
    """``victims`` are idle models, least recently used first. ``beside_bytes`` of the budget are
    other processes'."""

    verdict: Verdict
    victims: tuple[Variant, ...] = ()
    beside_bytes: int = 0


def make_room(
    needed_bytes: int,
    residents: Collection[ResidentFacts],
    *,
    budget_bytes: int,
    max_models: int,
    beside_bytes: int = 0,
) -> Plan:
    """Evict as few idle models as it takes, the least recently used first. ``beside_bytes`` are
    held by processes that nobody here can evict."""
    if needed_bytes > budget_bytes:
        return Plan(Verdict.NEVER)
    used = beside_bytes + sum(resident.reserved_bytes for resident in residents)
    count = len(residents)
    victims: list[Variant] = []
    idle = sorted((r for r in residents if r.evictable), key=lambda r: r.last_used)
    for candidate in idle:
        if used + needed_bytes <= budget_bytes and count < max_models:
            break
        used -= candidate.reserved_bytes
        count -= 1
        victims.append(candidate.id)
    if used + needed_bytes <= budget_bytes and count < max_models:
        return Plan(Verdict.FITS, tuple(victims))
    return Plan(Verdict.BUSY, beside_bytes=beside_bytes)


def idle_too_long(residents: Collection[ResidentFacts], *, now: float) -> tuple[Variant, ...]:
    """Models nobody has used for their ``idle_seconds``."""
    return tuple(
        r.id
        for r in residents
        if r.evictable and r.idle_seconds > 0 and now - r.last_used >= r.idle_seconds
    )
