"""The client: one walk of the spine, or one plain answer, made by another server."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.doors import Question, Result, answered
from mlx_manager.mlx_server.core.elsewhere import Walk
from mlx_manager.mlx_server.core.events import Finished, FinishReason, Timing, Usage
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.record import RequestRecord, current_record
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import UpstreamFailed
from mlx_manager.services.upstream.anthropic_reply import AnthropicReply
from mlx_manager.services.upstream.anthropic_request import anthropic_body
from mlx_manager.services.upstream.connections import Connections, beginning
from mlx_manager.services.upstream.faults import RouteMissing, no_route
from mlx_manager.services.upstream.frames import Frame, FrameDecoder
from mlx_manager.services.upstream.openai_reply import OpenAIReply
from mlx_manager.services.upstream.openai_request import openai_body
from mlx_manager.services.upstream.plain_request import plain_body
from mlx_manager.services.upstream.reading import Counter, ReplyReader, parsed
from mlx_manager.services.upstream.upstream import Upstream, UpstreamKind
from mlx_manager.services.upstream.waiting import Halted, Waiter

LIST_SECONDS = 10.0
MOST_LISTED = 2000
MOST_ANSWER_BYTES = 256 * 1024 * 1024
_MOST_LIST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is sent, and who reads what comes back."""

    route: str
    body: bytes
    reader: ReplyReader


class UpstreamClient:
    """Asks other servers. For one event loop."""

    def __init__(self) -> None:
        self._connections = Connections()

    async def answer(
        self, upstream: Upstream, request: GenerationRequest, halt: Halt | None = None
    ) -> Walk:
        """A walk under the contract of ``generate``, charged and recorded; closing it closes the
        connection, which tells the other server that nobody listens.

        Raises ``UpstreamFailed``, ``UpstreamSlow``, and what the other server says of the request
        or of itself (``refusal``). A halted one ends with what was counted until then.
        """
        sent = _sent(upstream, request)
        record, counter, end = current_record(), Counter(request), None
        waiter = Waiter(upstream.name, halt)
        began = first = time.perf_counter()
        try:
            async with aclosing(self._frames(upstream, sent, waiter)) as frames:
                async for frame in frames:
                    record.served, record.place = True, upstream.place
                    for event in sent.reader.read(frame):
                        first = first if counter.has_begun else time.perf_counter()
                        counter.see(event)
                        yield event
                    if sent.reader.over:
                        break
            end = sent.reader.finish(counter.usage, _timing(began, first))
        except Halted:
            end = Finished(FinishReason.STOP, counter.usage, _timing(began, first))
        finally:
            _settle(request, record, end, counter)
        yield end

    async def ask(self, upstream: Upstream, question: Question[Result], model: ModelId) -> Result:
        """The answer to a plain question about ``model``, as it is called there; charged and
        recorded. Raises as ``answer`` does, and ``NoWords`` where that server has no such route."""
        route, body = plain_body(upstream, question, model)
        try:
            result = await answered(question, self._reply(upstream, route, body))
        except RouteMissing as error:
            raise no_route(upstream, route) from error
        except ValueError as error:
            raise UpstreamFailed(f"{upstream.name} answered with {error}.") from error
        current_record().place = upstream.place
        return result

    async def models(self, upstream: Upstream) -> Sequence[str]:
        """The ids that ``/models`` lists. Raises as ``answer`` does."""
        waiter = Waiter(upstream.name, None)
        async with self._connections.opened(upstream, "/models", waiter, LIST_SECONDS) as reply:
            body = await waiter.wait(beginning(reply, _MOST_LIST_BYTES), LIST_SECONDS, "no list")
        return _listed(upstream, body)

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()

    async def _frames(
        self, upstream: Upstream, sent: _Sent, waiter: Waiter
    ) -> AsyncGenerator[Frame, None]:
        """The frames of the reply, each within its time."""
        patience = upstream.patience
        decoder, seconds = FrameDecoder(), patience.first_seconds
        opened = self._connections.opened(upstream, sent.route, waiter, seconds, sent.body)
        async with opened as reply:
            pieces = reply.aiter_bytes()
            while piece := await waiter.wait(_next(pieces), seconds, "nothing more"):
                for frame in decoder.feed(piece):
                    # A comment is a sign of life, and not yet an answer.
                    seconds = patience.stall_seconds if frame.data else seconds
                    yield frame

    async def _reply(
        self, upstream: Upstream, route: str, body: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """One JSON object, whole."""
        waiter, patience = Waiter(upstream.name, None), upstream.patience
        raw, whole = await asyncio.to_thread(_written, body), bytearray()
        opened = self._connections.opened(upstream, route, waiter, patience.first_seconds, raw)
        async with opened as reply:
            pieces = reply.aiter_bytes()
            while piece := await waiter.wait(_next(pieces), patience.stall_seconds, "nothing more"):
                whole += piece
                if len(whole) > MOST_ANSWER_BYTES:
                    raise UpstreamFailed(f"{upstream.name} sent more than an answer can be.")
        return await asyncio.to_thread(parsed, bytes(whole))


def _sent(upstream: Upstream, request: GenerationRequest) -> _Sent:
    """Raises ``BadRequest`` for what its dialect cannot say."""
    only_there = request.continues or request.reasoning_budget is not None
    in_anthropic = upstream.kind is UpstreamKind.ANTHROPIC or (upstream.speaks_both and only_there)
    reader: ReplyReader
    if in_anthropic:
        route, body = anthropic_body(request, strict=not upstream.speaks_both)
        reader = AnthropicReply(upstream.name)
    else:
        route, body = openai_body(request, extensions=upstream.takes_extensions)
        reader = OpenAIReply(upstream.name)
    return _Sent(route, _written(body), reader)


def _written(body: Mapping[str, Any]) -> bytes:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


async def _next(pieces: AsyncIterator[bytes]) -> bytes:
    """The next bytes, none at the end."""
    return await anext(pieces, b"")


def _listed(upstream: Upstream, body: bytes) -> Sequence[str]:
    try:
        listed: Any = json.loads(body)["data"]
        names = [entry["id"] for entry in listed]
    except (ValueError, TypeError, KeyError, RecursionError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise UpstreamFailed(
            f"{upstream.name} answers, but not with a list of models. Is its address right?"
        )
    return names[:MOST_LISTED]


def _timing(began: float, first: float) -> Timing:
    """What can be told from outside: waiting for the first event is the other side's prefill."""
    return Timing(prefill_seconds=first - began, decode_seconds=time.perf_counter() - first)


def _settle(
    request: GenerationRequest, record: RequestRecord, end: Finished | None, counter: Counter
) -> None:
    """Charge the caller and the books as the spine does, also for what nobody heard to its end;
    nothing for what was never begun."""
    if end is None and not counter.has_begun:
        return
    usage: Usage = counter.usage if end is None else end.usage
    read = 0 if request.repeats_prompt else usage.prompt_tokens
    request.principal.allowance.spend(usage.completion_tokens + read)
    record.count(request.prompt, usage, end.timing if end else Timing())
