"""How browsers treat the dashboard: what it may load, who may frame it, what may be kept."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_IMMUTABLE = "/_app/immutable/"


class PageHeaders:
    """ASGI middleware. ``index`` is the dashboard's page, whose own inline scripts (SvelteKit
    starts with one) are allowed by their hashes (CSP Level 3, 8.5)."""

    def __init__(self, app: ASGIApp, index: Path) -> None:
        self._app = app
        self._index = index
        self._read_at: int | None = None
        self._policy = content_security_policy(b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(("/api/", "/v1/")):
            await self._app(scope, receive, send)
            return

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["content-security-policy"] = self._current_policy()
                    headers["x-frame-options"] = "DENY"
                    headers["cache-control"] = "no-cache"
                elif scope["path"].startswith(_IMMUTABLE) and message["status"] == 200:
                    headers["cache-control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self._app(scope, receive, send_dressed)

    def _current_policy(self) -> str:
        # A dashboard that is built again while we run starts with another script.
        try:
            changed = self._index.stat().st_mtime_ns
        except OSError:
            return self._policy
        if changed != self._read_at:
            self._policy = content_security_policy(self._index.read_bytes())
            self._read_at = changed
        return self._policy


def content_security_policy(page: bytes) -> str:
    """The policy for a page: everything from here, and its own inline scripts."""
    digests = [hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page)]
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self'{hashes}",
            "style-src 'self' 'unsafe-inline'",  # Svelte sets style attributes
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
