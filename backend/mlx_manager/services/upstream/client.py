"""The client: one walk of the spine, made by another server."""

import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlx_manager.mlx_server.core.elsewhere import Walk
from mlx_manager.mlx_server.core.events import Finished, FinishReason, Timing, Usage
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.record import RequestRecord, current_record
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import UpstreamFailed, UpstreamSlow
from mlx_manager.services.upstream.anthropic_reply import AnthropicReply
from mlx_manager.services.upstream.anthropic_request import anthropic_body
from mlx_manager.services.upstream.faults import refusal
from mlx_manager.services.upstream.frames import Frame, FrameDecoder
from mlx_manager.services.upstream.openai_reply import OpenAIReply
from mlx_manager.services.upstream.openai_request import openai_body
from mlx_manager.services.upstream.reading import Counter, ReplyReader
from mlx_manager.services.upstream.upstream import Upstream, UpstreamKind
from mlx_manager.services.upstream.waiting import Halted, Waiter

if TYPE_CHECKING:
    import httpx2

logger = logging.getLogger(__name__)

ANTHROPIC_VERSION = "2023-06-01"
LIST_SECONDS = 10.0
MOST_LISTED = 2000
_MOST_ERROR_BYTES = 65_536
_MOST_LIST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Question:
    """What is sent, and who reads what comes back."""

    url: str
    body: bytes
    reader: ReplyReader


class UpstreamClient:
    """Asks other servers; connections are kept between requests. For one event loop."""

    def __init__(self) -> None:
        self._http: dict[bool, httpx2.AsyncClient] = {}

    async def answer(
        self, upstream: Upstream, request: GenerationRequest, halt: Halt | None = None
    ) -> Walk:
        """A walk under the contract of ``generate``, charged and recorded; closing it closes the
        connection, which tells the other server that nobody listens.

        Raises ``UpstreamFailed``, ``UpstreamSlow``, and what the other server says of the request
        or of itself (``refusal``). A halted one ends with what was counted until then.
        """
        question = _question(upstream, request)
        record, counter, end = current_record(), Counter(request), None
        waiter = Waiter(upstream.name, halt)
        began = first = time.perf_counter()
        try:
            async with aclosing(self._frames(upstream, question, waiter)) as frames:
                async for frame in frames:
                    record.served, record.place = True, upstream.place
                    for event in question.reader.read(frame):
                        first = first if counter.has_begun else time.perf_counter()
                        counter.see(event)
                        yield event
                    if question.reader.over:
                        break
            end = question.reader.finish(counter.usage, _timing(began, first))
        except Halted:
            end = Finished(FinishReason.STOP, counter.usage, _timing(began, first))
        finally:
            _settle(request, record, end, counter)
        yield end

    async def models(self, upstream: Upstream) -> Sequence[str]:
        """The ids that ``/models`` lists. Raises as ``answer`` does."""
        waiter = Waiter(upstream.name, None)
        http = self._client(upstream)
        url = f"{upstream.base_url}/models"
        request = http.build_request("GET", url, headers=_headers(upstream))
        async with _opened(http, upstream, request, waiter, LIST_SECONDS) as reply:
            body = await waiter.wait(_read(reply, _MOST_LIST_BYTES), LIST_SECONDS, "no list")
        return _listed(upstream, body)

    async def close(self) -> None:
        """Close every connection."""
        for http in self._http.values():
            await http.aclose()
        self._http.clear()

    async def _frames(
        self, upstream: Upstream, question: _Question, waiter: Waiter
    ) -> AsyncGenerator[Frame, None]:
        """The frames of the reply, each within its time."""
        patience = upstream.patience
        http = self._client(upstream)
        request = http.build_request(
            "POST", question.url, content=question.body, headers=_headers(upstream)
        )
        decoder, seconds = FrameDecoder(), patience.first_seconds
        async with _opened(http, upstream, request, waiter, seconds) as reply:
            pieces = reply.aiter_bytes()
            while piece := await waiter.wait(_next(pieces), seconds, "nothing more"):
                for frame in decoder.feed(piece):
                    # A comment is a sign of life, and not yet an answer.
                    seconds = patience.stall_seconds if frame.data else seconds
                    yield frame

    def _client(self, upstream: Upstream) -> "httpx2.AsyncClient":
        import httpx2  # noqa: PLC0415  (for those whose requests leave the process)

        http = self._http.get(upstream.uses_proxy)
        if http is None:
            http = httpx2.AsyncClient(
                # A redirect would carry the key and the prompt to wherever it names.
                follow_redirects=False,
                trust_env=upstream.uses_proxy,
                timeout=httpx2.Timeout(None),
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=64),
            )
            self._http[upstream.uses_proxy] = http
        return http


@asynccontextmanager
async def _opened(
    http: "httpx2.AsyncClient",
    upstream: Upstream,
    request: "httpx2.Request",
    waiter: Waiter,
    seconds: float,
) -> AsyncIterator["httpx2.Response"]:
    """A reply that says 200, open; whatever its transport raises meanwhile is one of ours."""
    import httpx2  # noqa: PLC0415

    request.extensions["timeout"] = {"connect": upstream.patience.connect_seconds}
    try:
        reply = await waiter.wait(http.send(request, stream=True), seconds, "no answer")
        try:
            if reply.status_code != 200:
                body = await waiter.wait(_read(reply, _MOST_ERROR_BYTES), seconds, "no answer")
                raise refusal(upstream, reply.status_code, reply.headers, body)
            yield reply
        finally:
            await reply.aclose()
    except httpx2.ConnectTimeout:
        raise UpstreamSlow(
            f"{upstream.name} did not take a connection within "
            f"{upstream.patience.connect_seconds:g} s. Is it running, and its address right?"
        ) from None
    except httpx2.ConnectError as error:
        logger.info("%s: %s", upstream.name, error)
        raise UpstreamFailed(
            f"{upstream.name} cannot be reached. Is it running, and its address right?"
        ) from None
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
        logger.info("%s: %s: %s", upstream.name, type(error).__name__, error)
        raise UpstreamFailed(f"{upstream.name} broke off before its answer was complete.") from None


def _question(upstream: Upstream, request: GenerationRequest) -> _Question:
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
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _Question(upstream.base_url + route, raw.encode("utf-8", "replace"), reader)


def _headers(upstream: Upstream) -> dict[str, str]:
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    if upstream.kind is UpstreamKind.ANTHROPIC or upstream.speaks_both:
        headers["anthropic-version"] = ANTHROPIC_VERSION
    if upstream.key is not None:
        if upstream.kind is UpstreamKind.ANTHROPIC:
            headers["x-api-key"] = upstream.key
        else:
            headers["authorization"] = f"Bearer {upstream.key}"
    return headers


async def _next(pieces: AsyncIterator[bytes]) -> bytes:
    """The next bytes, none at the end."""
    return await anext(pieces, b"")


async def _read(reply: "httpx2.Response", most: int) -> bytes:
    """The beginning of a body that is read whole."""
    body = b""
    async for piece in reply.aiter_bytes():
        body += piece
        if len(body) >= most:
            break
    return body[:most]


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
