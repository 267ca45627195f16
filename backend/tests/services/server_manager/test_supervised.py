"""The guide model in a process of its own: ready, asked, killed, begun again, ended."""

import os
import signal
import socket
from contextlib import aclosing
from dataclasses import replace

import httpx
import pytest

from mlx_manager.mlx_server.core.events import (
    Finished,
    Logprobs,
    PromptProgress,
    TextDelta,
)
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.record import RequestRecord
from mlx_manager.mlx_server.errors import BadRequest, EngineFailed, Overloaded
from mlx_manager.mlx_server.generate import collect
from mlx_manager.services.server_manager.free_port import HOST
from mlx_manager.services.server_manager.model_process import ModelProcess
from mlx_manager.services.server_manager.process_facts import identity_of
from mlx_manager.services.server_manager.process_state import ProcessState
from mlx_manager.services.server_manager.relayed import relayed
from mlx_manager.services.server_manager.server_manager import ServerManager
from tests.services.server_manager.conftest import PATIENT, WRITER, Servers, asked, at_once

pytestmark = pytest.mark.anyio
ENDLESS = {"max_tokens": 100_000, "ignore_eos": True}


def new_record() -> RequestRecord:
    return RequestRecord("req_1", "POST", "/v1/chat/completions")


async def ready(manager: ServerManager) -> ModelProcess:
    status = await manager.until("p1", {ProcessState.READY, ProcessState.FAILED})
    assert status is not None
    assert status.state is ProcessState.READY, status
    process = manager.process("p1")
    assert process is not None
    return process


async def check_nobody_else_is_answered(process: ModelProcess) -> None:
    url = f"http://{HOST}:{process.port}/v1"
    async with httpx.AsyncClient(base_url=url, timeout=600) as anyone:
        body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
        assert (await anyone.post("/chat/completions", json=body)).status_code == 401
        assert (await anyone.post("/relay", json={})).status_code == 401
        assert (await anyone.get("/models")).status_code == 401
        assert (await anyone.get("/health")).json() == {"status": "healthy"}


async def check_an_answer_is_whole(process: ModelProcess) -> None:
    record = new_record()
    request = asked("What is MLX?", top_logprobs=2)
    events = [event async for event in relayed(process, "writer", request, record)]
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    spoken = [each for event in events if isinstance(event, Logprobs) for each in event.entries]
    assert b"".join(each.bytes for each in spoken).decode() == text
    assert all(len(each.top) == 2 for each in spoken)
    assert any(isinstance(event, PromptProgress) for event in events)
    end = events[-1]
    assert isinstance(end, Finished)
    record.release()
    assert record.served
    assert (record.usage.prompt_tokens, record.usage.completion_tokens) == (
        end.usage.prompt_tokens,
        end.usage.completion_tokens,
    )
    assert end.usage.completion_tokens > 0
    assert end.timing.decode_seconds > 0


async def check_errors_keep_their_kind(process: ModelProcess) -> None:
    biased = asked("Hello")
    biased = replace(biased, sampling=replace(biased.sampling, logit_bias=((10**6, 1.0),)))
    with pytest.raises(BadRequest, match="logit_bias") as caught:
        await collect(relayed(process, "writer", biased, new_record()))
    assert caught.value.param == "logit_bias"


async def check_a_halt_brings_the_counts(process: ModelProcess) -> None:
    halt, events = Halt(), []
    async for event in relayed(process, "writer", asked("Hi", **ENDLESS), new_record(), halt):
        if isinstance(event, TextDelta) and not halt.asked:
            assert halt.ask()
        events.append(event)
    assert isinstance(events[-1], Finished)
    assert 0 < events[-1].usage.completion_tokens < 100_000


async def test_it_answers_nobody_but_its_parent_and_loses_nothing(servers: Servers) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        async with servers(default_port_start=taken) as manager:
            await manager.start(WRITER)
            process = await ready(manager)
            assert process.port > taken
            await check_nobody_else_is_answered(process)
            await check_an_answer_is_whole(process)
            await check_errors_keep_their_kind(process)
            await check_a_halt_brings_the_counts(process)
            status = manager.status("p1")
            assert status is not None
            sample = status.samples[-1]
            assert sample.healthy
            assert sample.response_ms is not None
            assert sample.memory_bytes is not None
            assert sample.memory_bytes > 50_000_000
            await manager.stop("p1")
            assert identity_of(process.pid) is None
            log = manager.log_path("p1").read_text()
            assert f"Starting writer (mlx-manager/guide) on port {process.port}" in log
            assert "Application startup complete" in log
            assert "req_1 200: " in log
        with pytest.raises(Overloaded, match="'writer' was stopped before it could answer"):
            await collect(relayed(process, "writer", asked("Hi"), new_record()))


async def killed_while_answering(process: ModelProcess, record: RequestRecord) -> None:
    """Read an answer that has no end, and kill who writes it after its first words."""
    asking = asked("Hi", **ENDLESS)
    async with aclosing(relayed(process, "writer", asking, record)) as events:
        async for event in events:
            if isinstance(event, TextDelta) and identity_of(process.pid):
                os.kill(process.pid, signal.SIGKILL)


async def test_killed_it_fails_its_own_streams_and_is_begun_again(servers: Servers) -> None:
    async with servers(replace(PATIENT, restarts=at_once(1))) as manager:
        await manager.start(WRITER)
        process, record = await ready(manager), new_record()
        with pytest.raises(EngineFailed, match="'writer' ended in the middle of this answer"):
            await killed_while_answering(process, record)
        record.release()
        assert record.usage.completion_tokens > 0
        assert record.usage.prompt_tokens > 0
        await manager.until("p1", frozenset(ProcessState) - {ProcessState.READY})
        again = await ready(manager)
        assert again.pid != process.pid
        assert (await collect(relayed(again, "writer", asked("Hi"), new_record()))).text
        status = manager.status("p1")
        assert status is not None
        assert status.restarts == 1
