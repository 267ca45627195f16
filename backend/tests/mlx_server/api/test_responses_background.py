"""Responses written in the background, through the real OpenAI SDK: polled, watched, ended."""

import asyncio

import openai
import pytest

from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.script import Fail, Forever, Script, WaitFor
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio


async def test_a_background_response_is_polled_and_watched(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    gate = asyncio.Event()
    server.engine.default = Script.of("Half", WaitFor(gate), " done")
    begun = await sdk.responses.create(model=MODEL, input="Hi", background=True)
    assert begun.status == "queued"
    stream = await sdk.responses.retrieve(begun.id, stream=True)
    seen = []
    async for event in stream:
        seen.append(event)
        if event.type == "response.output_text.delta" and not gate.is_set():
            assert (await sdk.responses.retrieve(begun.id)).status == "in_progress"
            gate.set()
    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    assert (await sdk.responses.retrieve(begun.id)).output_text == "Half done"
    late = await sdk.responses.retrieve(begun.id, stream=True, starting_after=4)
    assert [event.sequence_number async for event in late] == list(range(5, len(seen)))
    assert (await sdk.responses.cancel(begun.id)).status == "completed"


async def test_a_background_response_is_cancelled(server: Server, sdk: openai.AsyncOpenAI) -> None:
    server.engine.default = Script.of(Forever())
    begun = await sdk.responses.create(
        model=MODEL, input="Hi", background=True, max_output_tokens=4000
    )
    with pytest.raises(openai.BadRequestError, match="still being written"):
        await sdk.responses.create(model=MODEL, input="Hi", previous_response_id=begun.id)
    for _ in range(2):
        assert (await sdk.responses.cancel(begun.id)).status == "cancelled"
    assert (await sdk.responses.retrieve(begun.id)).status == "cancelled"
    other = await sdk.responses.create(
        model=MODEL, input="Hi", background=True, max_output_tokens=4000
    )
    await sdk.responses.delete(other.id)
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.retrieve(other.id)
    await server.engine.until_quiet()


async def test_a_background_failure_is_told_when_it_is_fetched(
    server: Server, sdk: openai.AsyncOpenAI
) -> None:
    server.engine.default = Script.of(Fail(EngineFailed("It broke.")))
    begun = await sdk.responses.create(model=MODEL, input="Hi", background=True)
    await server.engine.until_quiet()
    stream = await sdk.responses.retrieve(begun.id, stream=True)
    assert [event.type async for event in stream][-1] == "response.failed"
    assert (await sdk.responses.retrieve(begun.id)).status == "failed"
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.create(model="no/such", input="Hi", background=True)
    server.engine.default = Script.of("Fine.")
    foreground = await sdk.responses.create(model=MODEL, input="Hi")
    with pytest.raises(openai.BadRequestError, match="background"):
        await sdk.responses.cancel(foreground.id)
