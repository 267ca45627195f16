"""Feeds end with the session of whoever watches them."""

import asyncio

import pytest

from mlx_manager.routers import watching
from tests.conftest import Start
from tests.hub import RunningHub
from tests.routers.fetching import begin_download
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio
FEEDS = ("/api/events", "/api/models/downloads")


@pytest.mark.parametrize("feed", FEEDS)
async def test_who_has_signed_out_is_told_nothing_more(
    start: Start, hub: RunningHub, monkeypatch: pytest.MonkeyPatch, feed: str
) -> None:
    monkeypatch.setattr(watching, "CHECK_SECONDS", 0.0)
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        bob = await manager.user(ada, "bob@example.com")
        async with asyncio.timeout(30), bob.stream("GET", feed) as stream:
            lines = stream.aiter_lines()
            first = await anext(lines)
            assert first.startswith("event: ")
            await bob.post("/api/auth/logout")
            await ask(ada)  # changes what the one feed tells
            await begin_download(ada)  # and the other
            left = [line async for line in lines]
    # What was on its way already: the other kinds of the first round.
    assert sum(line.startswith("event: ") for line in left) <= 3
    assert "downloading" not in "".join(left)
