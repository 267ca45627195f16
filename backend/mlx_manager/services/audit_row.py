"""From a finished request to what the tables keep of it. Pure."""

from datetime import UTC, datetime
from typing import Any

from mlx_manager.mlx_server.core.record import RequestRecord

Values = dict[str, Any]
"""Column values of one row, as a bulk insert takes them."""

FAILED_FROM = 400
_PROBES = frozenset({"/v1/health"})
_TAKEN_OVER = ("prompt_tokens", "completion_tokens", "cached_tokens", "duration_ms")
SUMMED = ("requests", "failed", *_TAKEN_OVER)
"""The columns of ``usage_daily`` that add up."""


def is_probe(record: RequestRecord) -> bool:
    """A load balancer asking every second whether we are well is nobody's doing."""
    return record.path in _PROBES and record.status < FAILED_FROM


def audit_values(record: RequestRecord) -> Values:
    """A row of ``audit_logs``, all but its id, and ``served`` for ``UsageSums``."""
    who, usage, timing = record.principal, record.usage, record.timing
    return {
        "started_at": datetime.fromtimestamp(record.began_at, UTC),
        "request_id": record.request_id,
        "area": "api" if record.path.startswith("/api/") else "v1",
        "method": record.method,
        "path": record.path,
        "status": record.status,
        "error": record.error,
        "caller": None if who is None else who.kind.value,
        "user_id": None if who is None else who.user_id,
        "key_id": None if who is None else who.key_id,
        "model": None if record.model is None else record.model[:500],
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cached_tokens": usage.cached_tokens,
        "queue_ms": _milliseconds(timing.queue_seconds),
        "prefill_ms": _milliseconds(timing.prefill_seconds),
        "decode_ms": _milliseconds(timing.decode_seconds),
        "duration_ms": _milliseconds(record.seconds),
        "client": None if record.client is None else record.client[:64],
        "agent": record.agent,
        "place": record.place,
        "body": record.text,
        "served": record.served,
    }


class UsageSums:
    """Rows of ``usage_daily`` that grow: one for each day, user, key and model that was served."""

    def __init__(self) -> None:
        self._sums: dict[tuple[Any, ...], Values] = {}

    def add(self, row: Values) -> None:
        """Count a row of the audit in; one that no model served counts nowhere."""
        if not row["served"]:
            return
        key = (row["started_at"].date(), row["user_id"] or "", row["key_id"] or "", row["model"])
        total = self._total(key)
        total["requests"] += 1
        total["failed"] += row["status"] >= FAILED_FROM
        for name in _TAKEN_OVER:
            total[name] += row[name]

    def merge(self, other: "UsageSums") -> None:
        """Count in what somebody else has counted."""
        for key, sums in other._sums.items():
            total = self._total(key)
            for name in SUMMED:
                total[name] += sums[name]

    def values(self) -> list[Values]:
        """The rows."""
        return list(self._sums.values())

    def _total(self, key: tuple[Any, ...]) -> Values:
        if key not in self._sums:
            names = dict(zip(("day", "user_id", "key_id", "model"), key, strict=True))
            self._sums[key] = {**names, **dict.fromkeys(SUMMED, 0)}
        return self._sums[key]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
