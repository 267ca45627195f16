"""Processes that never come to serve: each fails with its reason, and is not begun for ever."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.services.server_manager import model_process
from mlx_manager.services.server_manager.process_spec import ProcessSpec
from mlx_manager.services.server_manager.process_state import ProcessState, ProcessStatus
from mlx_manager.services.server_manager.restart_policy import RestartPolicy
from mlx_manager.services.server_manager.server_manager import ServerManager
from tests.services.server_manager.conftest import PATIENT, WRITER, Servers

pytestmark = pytest.mark.anyio
TWICE = RestartPolicy(delays_seconds=(0.0,), steady_seconds=3600)


async def failed(manager: ServerManager) -> ProcessStatus:
    """Its status when nothing more is tried."""
    status = await manager.until("p1", {ProcessState.FAILED})
    assert status is not None
    return status


async def test_one_that_never_answers_is_ended_and_left(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_process, "MODULE", "tests.fakes.mute_server")
    async with servers(replace(PATIENT, start_seconds=0.2, restarts=TWICE)) as manager:
        await manager.start(WRITER)
        status = await failed(manager)
    assert "did not become healthy: no answer within 0.2 s" in (status.reason or "")
    assert "After 2 in a row it is not started again" in (status.reason or "")
    assert status.restarts == 1
    assert status.pid is None


async def test_one_that_dies_at_its_start_is_left(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_process, "MODULE", "mlx_manager.no_such_module")
    async with servers(replace(PATIENT, restarts=TWICE)) as manager:
        await manager.start(WRITER)
        status = await failed(manager)
        assert "ended with status 1" in (status.reason or "")
        assert "no_such_module" in manager.log_path("p1").read_text()


async def test_a_model_that_is_not_there_is_told_and_not_tried_again(servers: Servers) -> None:
    async with servers() as manager:
        await manager.start(ProcessSpec(replace(WRITER.profile, model=ModelId("nobody/nothing"))))
        status = await failed(manager)
    assert "'nobody/nothing', which is not on this machine" in (status.reason or "")
    assert status.restarts == 0


async def test_stopped_in_the_middle_of_its_start_it_is_gone(servers: Servers) -> None:
    async with servers() as manager:
        await manager.start(WRITER)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await manager.until("p1")
        await manager.stop("p1")
        status = manager.status("p1")
        assert status is not None
        assert status.state is ProcessState.STOPPED
        assert status.pid is None


async def test_a_start_during_a_stop_waits_for_its_end(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_process, "MODULE", "tests.fakes.mute_server")
    async with servers() as manager:
        await manager.start(WRITER)
        await asyncio.gather(manager.stop("p1"), manager.start(WRITER))
        status = manager.status("p1")
        assert status is not None
        assert status.state is ProcessState.STARTING
