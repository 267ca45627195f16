"""Completions over a real socket."""

import asyncio
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from tests.fakes.script import Fail, Forever, Script, WaitFor
from tests.mlx_server.api.requests import completion, events, eventually
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
ROUTE = "/completions"


def text_of(chunks: list[Any], index: int) -> str:
    """The text of one choice of a stream."""
    choices = [c for chunk in chunks if chunk != "[DONE]" for c in chunk["choices"]]
    return "".join(choice["text"] for choice in choices if choice["index"] == index)


async def test_a_prompt_is_continued_and_markers_are_ordinary_text(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of(" upon a <think>time</think>")
    body = (await client.post(ROUTE, json=completion("Once"))).json()
    assert body["object"] == "text_completion"
    assert body["choices"][0]["text"] == " upon a <think>time</think>"
    chunks = events((await client.post(ROUTE, json=completion("Once", stream=True))).text)
    assert text_of(chunks, 0) == " upon a <think>time</think>"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1] == "[DONE]"


async def test_several_prompts_run_together_and_keep_their_indices(
    server: Server, client: httpx.AsyncClient
) -> None:
    for name in ("ant", "bee", "cat"):
        server.engine.scripts[name] = Script.of(f"<{name}>")
    prompts = ["ant", "bee", "cat"]
    body = (await client.post(ROUTE, json=completion(prompts))).json()
    assert [choice["text"] for choice in body["choices"]] == ["<ant>", "<bee>", "<cat>"]
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2]
    assert body["usage"]["completion_tokens"] == 3 * (len("<ant>") + 1)
    options = {"include_usage": True}
    reply = await client.post(ROUTE, json=completion(prompts, stream=True, stream_options=options))
    chunks = events(reply.text)
    assert [text_of(chunks, at) for at in range(3)] == ["<ant>", "<bee>", "<cat>"]
    assert [chunk for chunk in chunks if chunk == "[DONE]"] == ["[DONE]"]
    assert chunks[-2]["usage"] == body["usage"]


async def test_a_slow_prompt_does_not_hold_back_the_others(
    server: Server, client: httpx.AsyncClient
) -> None:
    gate = asyncio.Event()
    server.engine.scripts = {"slow": Script.of(WaitFor(gate), "at last"), "fast": Script.of("now")}
    seen = []
    body = completion(["slow", "fast"], stream=True)
    async with client.stream("POST", ROUTE, json=body) as reply:
        async for line in reply.aiter_lines():
            seen.append(line)
            if '"finish_reason":"stop"' in line:
                gate.set()
    texts = events("\n".join(seen) + "\n")
    assert texts[0]["choices"][0]["index"] == 1
    assert text_of(texts, 0) == "at last"


async def test_token_ids_are_a_prompt_alone_and_in_lists(
    server: Server, client: httpx.AsyncClient
) -> None:
    ids = list(b"hello")
    await client.post(ROUTE, json=completion(ids))
    await client.post(ROUTE, json=completion([ids, [1, 2]]))
    prompts = [spec.prompt.token_ids for spec in server.engine.specs]
    assert prompts == [tuple(ids), tuple(ids), (1, 2)]


@pytest.mark.parametrize("prompt", ["Once", list(b"Once")])
@pytest.mark.parametrize("stream", [True, False])
async def test_echo_says_the_prompt_first(
    client: httpx.AsyncClient, prompt: str | list[int], stream: bool
) -> None:
    reply = await client.post(ROUTE, json=completion(prompt, echo=True, stream=stream))
    said = text_of(events(reply.text), 0) if stream else reply.json()["choices"][0]["text"]
    assert said == "OnceHello!"


async def test_an_early_error_of_an_echoed_prompt_keeps_its_status(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.submit_error = Overloaded("Too many.", retry_after_seconds=3)
    reply = await client.post(ROUTE, json=completion(echo=True, stream=True))
    assert reply.status_code == 503


async def test_the_first_error_of_several_prompts_ends_them_all(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.scripts = {
        "bad": Script.of("x", Fail(EngineFailed("It broke."))),
        "good": Script.of(Forever()),
    }
    prompts = ["good one", "bad", "good two"]
    chunks = events((await client.post(ROUTE, json=completion(prompts, stream=True))).text)
    assert chunks[-1]["error"]["message"] == "It broke."
    assert (await client.post(ROUTE, json=completion(prompts))).status_code == 500
    await server.engine.until_quiet()
    assert server.leases() == 0


async def test_a_client_that_leaves_several_prompts_stops_them_all(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of(Forever())
    body = completion(["a", "b", "c"], stream=True, max_tokens=4000)
    async with client.stream("POST", ROUTE, json=body) as reply:
        async for _ in reply.aiter_lines():
            break
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0)
