"""Connections to other servers, kept between requests: a reply opened, its errors translated."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from mlx_manager.mlx_server.errors import UpstreamFailed, UpstreamSlow
from mlx_manager.services.upstream.faults import refusal
from mlx_manager.services.upstream.upstream import Upstream, UpstreamKind
from mlx_manager.services.upstream.waiting import Waiter

if TYPE_CHECKING:
    import httpx2

logger = logging.getLogger(__name__)

ANTHROPIC_VERSION = "2023-06-01"
_MOST_ERROR_BYTES = 65_536


class Connections:
    """For one event loop."""

    def __init__(self) -> None:
        self._http: dict[bool, httpx2.AsyncClient] = {}

    @asynccontextmanager
    async def opened(
        self,
        upstream: Upstream,
        route: str,
        waiter: Waiter,
        seconds: float,
        body: bytes | None = None,
    ) -> AsyncIterator["httpx2.Response"]:
        """A reply that says 200, open, within so many seconds: to a GET, or to a POST where there
        is a body. Whatever its transport raises meanwhile is one of ours: ``UpstreamFailed``,
        ``UpstreamSlow``, and what the other server says (``refusal``)."""
        http = self._client(upstream)
        request = http.build_request(
            "GET" if body is None else "POST",
            upstream.base_url + route,
            content=body,
            headers=_headers(upstream),
        )
        request.extensions["timeout"] = {"connect": upstream.patience.connect_seconds}
        with _translated(upstream):
            reply = await waiter.wait(http.send(request, stream=True), seconds, "no answer")
            try:
                if reply.status_code != 200:
                    told = beginning(reply, _MOST_ERROR_BYTES)
                    raise refusal(
                        upstream,
                        reply.status_code,
                        reply.headers,
                        await waiter.wait(told, seconds, "no answer"),
                    )
                yield reply
            finally:
                await reply.aclose()

    async def close(self) -> None:
        """Close every one."""
        for http in self._http.values():
            await http.aclose()
        self._http.clear()

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


@contextmanager
def _translated(upstream: Upstream) -> Iterator[None]:
    """What the transport raises is one of ours."""
    import httpx2  # noqa: PLC0415

    try:
        yield
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


async def beginning(reply: "httpx2.Response", most: int) -> bytes:
    """Of a body, so many bytes at most."""
    body = bytearray()
    async for piece in reply.aiter_bytes():
        body += piece
        if len(body) >= most:
            break
    return bytes(body[:most])


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
