"""What the watchers of all downloads see; one that reads slowly misses only states in between."""

import asyncio
from collections.abc import AsyncGenerator

from mlx_manager.schemas.download import (
    DownloadEvent,
    DownloadFeedEvent,
    DownloadReply,
    DownloadsEvent,
    DownloadState,
)

KEPT_ENDED = 50
_ENDED = {DownloadState.CANCELLED, DownloadState.COMPLETE}


class DownloadFeed:
    """The latest reply of each download, and when it changed."""

    def __init__(self) -> None:
        self._replies: dict[str, tuple[int, DownloadReply]] = {}
        self._changes = 0
        self._bell = asyncio.Event()
        self._closed = False

    def publish(self, reply: DownloadReply) -> None:
        """A download changed."""
        self._changes += 1
        self._replies[reply.id] = (self._changes, reply)
        self._drop_old()
        self._ring()

    def close(self) -> None:
        """Let every watcher go."""
        self._closed = True
        self._ring()

    async def watch(self) -> AsyncGenerator[DownloadFeedEvent, None]:
        """All of them, the latest first, then each change. Closing it is leaving."""
        seen = self._changes
        yield DownloadsEvent(downloads=self.latest())
        while not self._closed:
            bell = self._bell
            changed = [item for item in self._replies.values() if item[0] > seen]
            seen = self._changes
            for _, reply in sorted(changed, key=lambda item: item[0]):
                yield DownloadEvent(download=reply)
            if not changed:
                await bell.wait()

    def latest(self) -> list[DownloadReply]:
        """All of them as they are now, the latest first."""
        replies = [reply for _, reply in self._replies.values()]
        return sorted(replies, key=lambda reply: reply.created_at, reverse=True)

    def _drop_old(self) -> None:
        ended = [reply for _, reply in self._replies.values() if reply.state in _ENDED]
        ended.sort(key=lambda reply: reply.created_at)
        for reply in ended[:-KEPT_ENDED]:
            del self._replies[reply.id]

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()
