"""Supervisors of real processes that run the guide model."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId, RequestId
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.request import GenerationRequest, Message, SamplingParams
from mlx_manager.services.server_manager.process_spec import ProcessSpec
from mlx_manager.services.server_manager.restart_policy import RestartPolicy
from mlx_manager.services.server_manager.server_manager import ServerManager
from mlx_manager.services.server_manager.supervisor import Patience
from tests.settings import inference_settings

WRITER = ProcessSpec(Profile(ModelId("writer"), GUIDE_MODEL_ID, key="p1", own_process=True))
PATIENT = Patience(interval_seconds=0.5, start_seconds=600, answer_seconds=600)

Servers = Callable[..., AbstractAsyncContextManager[ServerManager]]


@pytest.fixture
def servers(settings: ManagerSettings) -> Servers:
    """A server manager for the length of a block; at its end every process is dead."""

    @contextlib.asynccontextmanager
    async def make(patience: Patience = PATIENT, **changes: Any) -> AsyncIterator[ServerManager]:
        changed = settings.model_copy(update=changes)
        inference = inference_settings(logfire_enabled=False)
        manager = ServerManager(changed, lambda: inference, patience)
        await manager.begin()
        try:
            yield manager
        finally:
            await manager.close()

    return make


def at_once(times: int) -> RestartPolicy:
    """Start again without a wait, so often in a row."""
    return RestartPolicy(delays_seconds=(0.0,) * times, steady_seconds=0.0 if times else 1.0)


def asked(text: str, **changes: Any) -> GenerationRequest:
    """A request to the profile, whose answer is the same each time."""
    given: dict[str, Any] = {
        "request_id": RequestId("req_1"),
        "model": ModelId("writer"),
        "principal": LOCAL_OWNER,
        "messages": (Message("user", text),),
        "sampling": SamplingParams(temperature=0.0),
        "max_tokens": 24,
    }
    return GenerationRequest(**{**given, **changes})
