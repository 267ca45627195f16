"""A client, and another server for it to ask."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from mlx_manager.services.upstream.client import UpstreamClient
from mlx_manager.services.upstream.upstream import Patience, Upstream
from tests.services.upstream.faulty import FaultyServer, faulty_server


@pytest.fixture
async def faulty() -> AsyncIterator[FaultyServer]:
    """Does as it is told."""
    async with faulty_server() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[UpstreamClient]:
    """Closed afterwards."""
    made = UpstreamClient()
    yield made
    await made.close()


@pytest.fixture
def upstream(faulty: FaultyServer) -> Upstream:
    """The faulty server, as the client knows it."""
    return Upstream("Faraway", faulty.url, key="sk-quiet", place="faraway")


@pytest.fixture
def impatient(upstream: Upstream) -> Upstream:
    """The same, and a silence is noticed soon."""
    return replace(upstream, patience=Patience(first_seconds=0.5, stall_seconds=0.5))
