"""Processes that run and are not well: found by their health checks, and begun again."""

import os
import signal
from dataclasses import replace

import pytest

from mlx_manager.services.server_manager import model_process
from mlx_manager.services.server_manager.process_state import ProcessState, ProcessStatus
from mlx_manager.services.server_manager.restart_policy import RestartPolicy
from mlx_manager.services.server_manager.server_manager import ServerManager
from tests.services.server_manager.conftest import PATIENT, WRITER, Servers

pytestmark = pytest.mark.anyio
SOON = replace(
    PATIENT,
    interval_seconds=0.05,
    failures=2,
    restarts=RestartPolicy(delays_seconds=(3600.0,)),
)


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_process, "MODULE", "tests.fakes.light_server")


async def waiting(manager: ServerManager) -> ProcessStatus:
    """Its status when it is to be begun again."""
    status = await manager.until("p1", {ProcessState.WAITING})
    assert status is not None
    assert status.retry_at is not None
    assert status.pid is None
    return status


async def test_an_engine_that_is_gone_is_begun_again(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTHY_CHECKS", "3")
    async with servers(SOON) as manager:
        await manager.start(WRITER)
        status = await waiting(manager)
    assert "failed 2 health checks in a row: a sore throat" in (status.reason or "")
    assert [sample.healthy for sample in status.samples] == [True, True, True, False, False]
    assert [sample.cpu_percent is None for sample in status.samples] == [True, *[False] * 4]
    assert all(sample.response_ms for sample in status.samples)


async def test_a_process_that_hangs_is_ended_and_begun_again(servers: Servers) -> None:
    async with servers(replace(SOON, answer_seconds=2.0, failures=1)) as manager:
        await manager.start(WRITER)
        ready = await manager.until("p1", {ProcessState.READY})
        assert ready is not None
        assert ready.pid is not None
        os.kill(ready.pid, signal.SIGSTOP)
        status = await waiting(manager)
    assert "no answer within 2 s" in (status.reason or "")
    assert status.samples[-1].response_ms is None


async def test_one_that_ends_by_itself_is_begun_again(servers: Servers) -> None:
    async with servers(SOON) as manager:
        await manager.start(WRITER)
        ready = await manager.until("p1", {ProcessState.READY})
        assert ready is not None
        assert ready.pid is not None
        os.kill(ready.pid, signal.SIGTERM)
        status = await waiting(manager)
        assert f"Process {ready.pid} was ended by SIGTERM." == status.reason
        await manager.stop("p1")
        await manager.start(WRITER)
        again = await manager.until("p1", {ProcessState.READY})
        assert again is not None
        assert again.restarts == 0
