"""Memory over time goes on after a look that failed."""

import asyncio

import pytest

from mlx_manager.schemas.system import MemoryReply
from mlx_manager.services import memory_history
from mlx_manager.services.memory_history import MemoryHistory

pytestmark = pytest.mark.anyio

HELD = MemoryReply(
    machine_bytes=1000,
    available_bytes=400,
    process_bytes=250,
    budget_bytes=800,
    used_bytes=350,
    mlx_active_bytes=400,
    prefix_cache_bytes=50,
    models=[],
    processes=[],
)


async def test_a_look_that_fails_is_a_gap_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(memory_history, "PERIOD_SECONDS", 0.001)
    seen = asyncio.Event()

    def memory() -> MemoryReply:
        if not caplog.records:
            raise OSError("no such process")
        seen.set()
        return HELD

    history = MemoryHistory(memory)
    history.start()
    try:
        async with asyncio.timeout(5):
            await seen.wait()
    finally:
        await history.close()
    assert history.latest(60).samples[0].used_bytes == 350
    assert "no such process" in caplog.text
