"""Chat completions over a real socket."""

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from tests.fakes.script import Fail, Forever, Prefill, Script, WaitFor
from tests.mlx_server.api.requests import chat, events, eventually, joined
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>'
ROUTE = "/chat/completions"


async def test_a_stream_brings_the_role_the_text_the_reason_and_the_end(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.post(ROUTE, json=chat(stream=True))
    chunks = events(reply.text)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert joined(chunks[:-1], "content") == "Hello!"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1] == "[DONE]"
    assert len({chunk["id"] for chunk in chunks[:-1]}) == 1


async def test_usage_comes_in_a_last_chunk_without_choices(client: httpx.AsyncClient) -> None:
    body = chat(stream=True, stream_options={"include_usage": True})
    chunks = events((await client.post(ROUTE, json=body)).text)
    assert chunks[-2]["choices"] == []
    assert chunks[-2]["usage"]["completion_tokens"] == len("Hello!") + 1
    assert chunks[-2]["usage"]["timings"]["decode_ms"] == 500.0
    assert all(chunk["usage"] is None for chunk in chunks[:-2])


async def test_a_whole_answer_has_the_same_text_and_the_counts(client: httpx.AsyncClient) -> None:
    reply = await client.post(ROUTE, json=chat())
    body = reply.json()
    assert body["choices"][0]["message"] == {
        "role": "assistant",
        "content": "Hello!",
        "refusal": None,
    }
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert reply.headers["server-timing"] == "queue;dur=1.0, prefill;dur=2.0, decode;dur=500.0"


async def test_reasoning_goes_out_apart_from_the_answer(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of("<think>\nHm.\n</think>\n\nYes.")
    chunks = events((await client.post(ROUTE, json=chat(stream=True))).text)
    assert joined(chunks, "reasoning_content") == joined(chunks, "reasoning") == "Hm."
    assert joined(chunks, "content") == "Yes."
    message = (await client.post(ROUTE, json=chat())).json()["choices"][0]["message"]
    assert (message["reasoning_content"], message["content"]) == ("Hm.", "Yes.")


async def test_a_tool_call_is_streamed_name_first(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of(f"Let me look.\n{CALL}")
    reply = await client.post(ROUTE, json=chat(stream=True, tools=[WEATHER]))
    chunks = events(reply.text)
    calls = [
        chunk["choices"][0]["delta"]["tool_calls"][0]
        for chunk in chunks[:-1]
        if "tool_calls" in chunk["choices"][0]["delta"]
    ]
    assert calls[0]["function"] == {"name": "weather", "arguments": ""}
    fragments = [call["function"]["arguments"] for call in calls[1:]]
    assert len(fragments) > 2
    assert json.loads("".join(fragments)) == {"city": "Oslo"}
    assert joined(chunks, "content") == "Let me look."
    assert chunks[-2]["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_turn_of_calls_only_has_null_content(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of(CALL)
    choice = (await client.post(ROUTE, json=chat(tools=[WEATHER]))).json()["choices"][0]
    assert choice["message"]["content"] is None
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "weather"
    assert choice["finish_reason"] == "tool_calls"


async def test_tool_choice_none_hides_the_tools(server: Server, client: httpx.AsyncClient) -> None:
    server.engine.default = Script.of(CALL)
    body = chat(tools=[WEATHER], tool_choice="none")
    choice = (await client.post(ROUTE, json=body)).json()["choices"][0]
    assert choice["message"]["content"] == CALL
    prompt = server.engine.tokenizer.decode(server.engine.specs[-1].prompt.token_ids)
    assert "weather" not in prompt


async def test_temperature_zero_is_greedy(server: Server, client: httpx.AsyncClient) -> None:
    await client.post(ROUTE, json=chat(temperature=0))
    await client.post(ROUTE, json=chat())
    assert [spec.sampling.temperature for spec in server.engine.specs] == [0, 1]


async def test_a_stop_string_ends_the_answer_and_the_sequence(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of("one END two", Forever())
    choice = (await client.post(ROUTE, json=chat(stop="END"))).json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("one ", "stop")


async def test_the_length_is_told(server: Server, client: httpx.AsyncClient) -> None:
    server.engine.default = Script.of(Forever())
    body = (await client.post(ROUTE, json=chat(max_completion_tokens=7))).json()
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 7


@pytest.mark.parametrize("stream", [True, False])
async def test_an_error_before_the_first_byte_keeps_its_status(
    server: Server, client: httpx.AsyncClient, stream: bool
) -> None:
    server.engine.submit_error = Overloaded("Too many.", retry_after_seconds=3)
    reply = await client.post(ROUTE, json=chat(stream=stream))
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "3")
    assert reply.json()["error"]["code"] == "overloaded"
    server.engine.submit_error = None
    assert (await client.post(ROUTE, json=chat(stream=stream))).status_code == 200


async def test_a_late_error_is_the_last_event(server: Server, client: httpx.AsyncClient) -> None:
    server.engine.default = Script.of("Half", Fail(EngineFailed("It broke.")))
    reply = await client.post(ROUTE, json=chat(stream=True))
    chunks = events(reply.text)
    assert reply.status_code == 200
    assert joined(chunks[:-1], "content") == "Half"
    assert chunks[-1]["error"]["code"] == "engine_failed"


async def test_a_late_error_of_a_whole_answer_is_its_status(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.default = Script.of("Half", Fail(EngineFailed("It broke.")))
    reply = await client.post(ROUTE, json=chat())
    assert (reply.status_code, reply.json()["error"]["message"]) == (500, "It broke.")


async def test_a_silent_stream_is_kept_alive_with_progress(
    server: Server, client: httpx.AsyncClient
) -> None:
    gate = asyncio.Event()
    server.engine.default = Script.of(Prefill(5, 10), WaitFor(gate), "Hi")
    lines = []
    async with client.stream("POST", ROUTE, json=chat(stream=True)) as reply:
        async for line in reply.aiter_lines():
            lines.append(line)
            if line.startswith(":"):
                gate.set()
    assert lines[0] == ": progress 5/10"
    assert lines[-2] == "data: [DONE]"


async def test_a_client_that_leaves_mid_stream_stops_the_sequence(
    server: Server, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    server.engine.default = Script.of(Forever())
    body = chat(stream=True, max_tokens=4000)
    async with client.stream("POST", ROUTE, json=body) as reply:
        async for _ in reply.aiter_lines():
            break
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0 and "499" in caplog.text)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_before_the_answer_stops_the_sequence(
    server: Server, caplog: pytest.LogCaptureFixture, stream: bool
) -> None:
    caplog.set_level("INFO")
    server.engine.default = Script.of(WaitFor(asyncio.Event()))
    await _post_and_leave(server, stream, lambda: bool(server.engine.streams))
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0 and "499" in caplog.text)


async def test_a_client_that_leaves_a_cold_load_is_noticed_and_the_load_goes_on(
    server: Server, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    gate = server.engine.load_gate = asyncio.Event()
    await _post_and_leave(server, True, lambda: bool(server.pool.status().models))
    await eventually(lambda: "499" in caplog.text)
    gate.set()
    assert (await client.post(ROUTE, json=chat())).status_code == 200
    assert server.engine.resident.keys() == {MODEL}
    assert len(server.engine.specs) == 1


async def test_every_reply_carries_a_request_id(client: httpx.AsyncClient) -> None:
    given = await client.post(ROUTE, json=chat(), headers={"x-request-id": "mine-1"})
    unfit = await client.post(ROUTE, json={}, headers={"x-request-id": "a b\tc"})
    assert given.headers["x-request-id"] == "mine-1"
    assert unfit.headers["x-request-id"].startswith("req_")


async def test_many_streams_at_once_each_get_their_own_answer(
    server: Server, client: httpx.AsyncClient
) -> None:
    names = [f"name{at}." for at in range(32)]
    for name in names:
        server.engine.scripts[name] = Script.of(f"I am {name}")
    replies = await asyncio.gather(
        *(client.post(ROUTE, json=chat(name, stream=True)) for name in names)
    )
    said = [joined(events(reply.text), "content") for reply in replies]
    assert said == [f"I am {name}" for name in names]


async def _post_and_leave(server: Server, stream: bool, begun: Callable[[], bool]) -> None:
    """Send a request, wait until the server is at it, and hang up."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        asking = asyncio.create_task(client.post(ROUTE, json=chat(stream=stream)))
        await eventually(begun)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
