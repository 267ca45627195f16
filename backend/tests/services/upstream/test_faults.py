"""Another server that refuses, stalls or breaks off is one clear error, and nothing stays open."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from mlx_manager.mlx_server.core.allowance import Standing
from mlx_manager.mlx_server.core.events import Finished, FinishReason, TextDelta
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.core.record import RequestRecord, recording
from mlx_manager.mlx_server.errors import (
    BadRequest,
    BodyTooLarge,
    ContextExceeded,
    InferenceError,
    InsufficientMemory,
    ModelNotFound,
    Overloaded,
    RateLimited,
    UpstreamFailed,
    UpstreamSlow,
)
from mlx_manager.services.upstream.client import UpstreamClient
from mlx_manager.services.upstream.faults import RouteMissing
from mlx_manager.services.upstream.upstream import Upstream
from tests.services.upstream.asking import heard, request
from tests.services.upstream.faulty import (
    ANSWER,
    STREAM_HEAD,
    FaultyServer,
    delta,
    end,
    frames,
    said,
)

pytestmark = pytest.mark.anyio
TOLD: dict[str, Any] = {"error": {"message": "because", "param": "temperature"}}
LONG: dict[str, Any] = {"error": {"message": "too long", "code": "context_length_exceeded"}}
UNKNOWN: dict[str, Any] = {"error": {"message": "no such model", "code": "model_not_found"}}


class Spent:
    """Counts what is charged."""

    def __init__(self) -> None:
        self.tokens = 0

    async def admit(self) -> None: ...

    def spend(self, tokens: int) -> None:
        self.tokens += tokens

    def standing(self) -> Standing:
        return Standing()


@pytest.mark.parametrize(
    "fault",
    [
        (said("400 Bad Request", TOLD), BadRequest, "Faraway said: because"),
        (said("400 Bad Request", LONG), ContextExceeded, "too long"),
        (said("401 Unauthorized", TOLD), UpstreamFailed, "refused the key"),
        (said("404 Not Found", UNKNOWN), ModelNotFound, "no such model"),
        (said("404 Not Found", b"<html>"), RouteMissing, "404"),
        (said("413 Too Large", {"detail": "big"}), BodyTooLarge, "big"),
        (said("429 Too Many", TOLD, retry_after="7"), RateLimited, "because"),
        (said("503 Busy", {"error": "later"}), Overloaded, "later"),
        (said("507 Full", TOLD), InsufficientMemory, "because"),
        (said("504 Slow", b""), UpstreamSlow, "504"),
        (said("302 Found", b"", location="http://elsewhere"), UpstreamFailed, "redirects"),
        (said("500 Oops", {"error": {"message": "x" * 999}}), UpstreamFailed, "xxx..."),
        (b"not HTTP at all\r\n\r\n", UpstreamFailed, "broke off"),
        (b"", UpstreamFailed, "broke off"),
        (STREAM_HEAD, UpstreamFailed, "broke off"),
        (STREAM_HEAD + frames("no JSON"), UpstreamFailed, "not a JSON object"),
        (STREAM_HEAD + frames("[1]"), UpstreamFailed, "not a JSON object"),
        (STREAM_HEAD + frames(TOLD), UpstreamFailed, "failed while it answered: because"),
    ],
)
async def test_a_refusal_is_one_of_the_houses_errors(
    client: UpstreamClient,
    upstream: Upstream,
    faulty: FaultyServer,
    fault: tuple[bytes, type[InferenceError], str],
) -> None:
    reply, wanted, words = fault
    faulty.reply = [reply]
    with pytest.raises(wanted) as caught:
        await heard(client.answer(upstream, request()))
    assert type(caught.value) is wanted
    assert words in caught.value.message
    assert "sk-quiet" not in caught.value.message
    if wanted is RateLimited:
        assert caught.value.retry_after_seconds == 7


async def test_half_a_stream_is_its_text_and_then_an_error(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    faulty.reply = [STREAM_HEAD + frames(delta(content="Half"))]
    walk = client.answer(upstream, request())
    assert await anext(walk) == TextDelta("Half")
    with pytest.raises(UpstreamFailed, match="broke off"):
        await anext(walk)


async def test_a_chunked_stream_that_is_cut_is_an_error_too(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    body = frames(delta(content="Half"))
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n" % len(body)
    faulty.reply = [chunked + body]
    with pytest.raises(UpstreamFailed, match="broke off"):
        await heard(client.answer(upstream, request()))


@pytest.mark.parametrize(
    "silence",
    [
        ([None], "no answer within 0.5 s"),
        ([STREAM_HEAD, None], "nothing more within 0.5 s"),
        ([STREAM_HEAD + frames(delta(content="Half")), None], "nothing more within 0.5 s"),
        ([b"HTTP/1.1 500 Oops\r\ncontent-length: 99\r\n\r\n", None], "no answer within 0.5 s"),
    ],
)
async def test_a_silence_ends_when_patience_does_and_the_connection_with_it(
    client: UpstreamClient,
    impatient: Upstream,
    faulty: FaultyServer,
    silence: tuple[list[bytes | None], str],
) -> None:
    faulty.reply, words = silence
    with pytest.raises(UpstreamSlow, match=words):
        await heard(client.answer(impatient, request()))
    async with asyncio.timeout(10):
        await faulty.left.wait()


async def test_nobody_at_the_address_is_said_so(client: UpstreamClient) -> None:
    nobody = Upstream("Nobody", "http://127.0.0.1:9/v1")
    with pytest.raises(UpstreamFailed, match="Nobody cannot be reached"):
        await heard(client.answer(nobody, request()))


async def test_a_reader_who_leaves_ends_the_other_servers_work(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    faulty.reply = [STREAM_HEAD + frames(delta(content="One")), None]
    async with aclosing(client.answer(upstream, request())) as walk:
        assert await anext(walk) == TextDelta("One")
    async with asyncio.timeout(10):
        await faulty.left.wait()


async def test_a_halted_answer_ends_with_what_came(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    faulty.reply = [STREAM_HEAD + frames(delta(content="One")), None]
    halt = Halt()
    walk = client.answer(upstream, request(), halt)
    assert await anext(walk) == TextDelta("One")
    assert halt.ask()
    [end_event] = await heard(walk)
    assert isinstance(end_event, Finished)
    assert end_event.reason is FinishReason.STOP
    assert end_event.usage.completion_tokens == 1
    async with asyncio.timeout(10):
        await faulty.left.wait()


async def test_what_was_used_is_charged_and_recorded_with_its_place(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    spent = Spent()
    caller = Principal("user:1", PrincipalKind.KEY, allowance=spent)
    usage = {"choices": [], "usage": {"prompt_tokens": 30, "completion_tokens": 12}}
    faulty.reply = [STREAM_HEAD + frames(delta(content="Hi"), end(), usage, "[DONE]")]
    with recording(RequestRecord("r", "POST", "/x")) as record:
        await heard(client.answer(upstream, replace(request(), principal=caller)))
    assert spent.tokens == 42
    assert (record.usage.prompt_tokens, record.usage.completion_tokens) == (30, 12)
    assert record.place == "faraway"
    assert record.served


async def test_an_answer_nobody_counted_is_charged_by_its_size(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    faulty.reply = [ANSWER]
    finished = (await heard(client.answer(upstream, request("x" * 40))))[-1]
    assert isinstance(finished, Finished)
    assert (finished.usage.prompt_tokens, finished.usage.completion_tokens) == (10, 2)


async def test_a_refused_request_costs_nothing(
    client: UpstreamClient, upstream: Upstream, faulty: FaultyServer
) -> None:
    faulty.reply = [said("500 Oops", TOLD)]
    with (
        recording(RequestRecord("r", "POST", "/x")) as record,
        pytest.raises(UpstreamFailed),
    ):
        await heard(client.answer(upstream, request()))
    assert record.usage.prompt_tokens == 0
    assert record.place is None
    assert not record.served
