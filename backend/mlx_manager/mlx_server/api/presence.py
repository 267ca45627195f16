"""Do work for a client only as long as the client is there."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from starlette.types import Receive

from mlx_manager.mlx_server.errors import ClientGone

Result = TypeVar("Result")
Tick = Callable[[], Awaitable[float]]


async def while_present(
    work: Coroutine[Any, Any, Result],
    receive: Receive,
    *,
    tick: Tick | None = None,
    first_tick_seconds: float | None = None,
) -> Result:
    """The result of ``work``, which is cancelled the moment the client leaves.

    ``tick`` is called meanwhile and says in how many seconds it wants to be called again. The body
    must have been read: from then on ``receive`` tells of nothing but the end. Raises
    ``ClientGone``, or what ``work`` raises.
    """
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_wait_until_gone(receive))
    seconds = first_tick_seconds
    try:
        while True:
            done, _ = await asyncio.wait(
                (task, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if task in done:
                return task.result()
            if gone in done:
                gone.result()
                raise ClientGone("The client left before the answer was complete.")
            if tick is not None:
                seconds = await tick()
    finally:
        task.cancel()
        gone.cancel()
        # Their clean-up is done when the request is: nothing outlives it.
        await asyncio.gather(task, gone, return_exceptions=True)


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
