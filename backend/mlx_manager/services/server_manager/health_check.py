"""One look at a model's process: does it answer, how fast, and what does it use."""

import asyncio
import time
from dataclasses import dataclass

from mlx_manager.db.columns import utc_now
from mlx_manager.services.server_manager.asking import Answer, NoAnswerError
from mlx_manager.services.server_manager.model_process import ModelProcess
from mlx_manager.services.server_manager.process_facts import ProcessUsage, usage_of
from mlx_manager.services.server_manager.process_state import HealthSample

HEALTH_PATH = "/v1/health"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the process had used at a moment of the monotonic clock."""

    seconds: float
    usage: ProcessUsage


class HealthCheck:
    """Checks one process again and again; processor time is told as a share of the time between
    two checks."""

    def __init__(self, process: ModelProcess) -> None:
        self._process = process
        self._before: _Reading | None = None

    async def look(self, within_seconds: float) -> HealthSample:
        """Never raises for what it finds; no answer within the time is a finding."""
        began = time.monotonic()
        answer: Answer | None = None
        reason: str | None = None
        try:
            async with asyncio.timeout(within_seconds):
                answer = await self._process.ask(HEALTH_PATH)
        except TimeoutError:
            reason = f"no answer within {within_seconds:g} s"
        except NoAnswerError as error:
            reason = f"no answer: {error}"
        took_ms = (time.monotonic() - began) * 1000
        usage = await asyncio.to_thread(usage_of, self._process.pid)
        return HealthSample(
            at=utc_now(),
            healthy=answer is not None and answer.status == 200,
            response_ms=took_ms if answer else None,
            cpu_percent=self._cpu_percent(usage),
            memory_bytes=usage.memory_bytes if usage else None,
            reason=_reason(answer) if answer else reason,
            used_bytes=_used_bytes(answer) if answer else None,
        )

    def _cpu_percent(self, usage: ProcessUsage | None) -> float | None:
        """None at the first check: there is nothing to compare with."""
        before, now = self._before, time.monotonic()
        self._before = _Reading(now, usage) if usage else None
        if usage is None or before is None or now <= before.seconds:
            return None
        used = usage.cpu_seconds - before.usage.cpu_seconds
        return round(100 * used / (now - before.seconds), 1)


def _used_bytes(answer: Answer) -> int | None:
    told = answer.body.get("memory_used_bytes")
    return told if isinstance(told, int) else None


def _reason(answer: Answer) -> str | None:
    """What a degraded engine says of itself; None when all is well."""
    told = answer.body.get("reason")
    if told:
        return str(told)
    return None if answer.status == 200 else f"the health check was answered with {answer.status}"
