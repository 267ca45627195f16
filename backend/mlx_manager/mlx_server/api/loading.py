"""A load as it goes: the model's line of the pool at each change, then the end."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from mlx_manager.mlx_server.errors import InferenceError

LOOK_SECONDS = 0.2
Line = dict[str, Any]


async def loading(
    load: Callable[[], Awaitable[object]], line: Callable[[], Line | None]
) -> AsyncGenerator[Line, None]:
    """``line`` is what the pool tells of the model, None while it is absent. Raises what ``load``
    raises. Closing it ends the wait, not the load."""
    task = asyncio.ensure_future(load())
    task.add_done_callback(_look)
    told: Line | None = None
    try:
        while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
            now = line()
            if now is not None and now != told:
                told = now
                yield {"status": "loading", "resident": now}
        task.result()
        yield {"status": "done", "resident": line()}
    finally:
        task.cancel()


class LoadingEncoder:
    """Server-sent events without names, as OpenAI's streams have them."""

    def encode(self, item: Line) -> bytes:
        """One line of JSON; the last one's ``status`` is ``done``."""
        return f"data: {json.dumps(item, ensure_ascii=False)}\n\n".encode()

    def keep_alive(self) -> bytes:
        """A comment."""
        return b": loading\n\n"

    def error(self, error: InferenceError) -> bytes:
        """The load failed after its stream had begun."""
        return self.encode({"status": "failed", **error.to_openai()})


def _look(task: "asyncio.Future[object]") -> None:
    """So that nobody says that nobody looked, when the caller had left before it failed."""
    if not task.cancelled():
        task.exception()
