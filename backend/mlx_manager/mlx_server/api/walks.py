"""Several generations as one stream of choices, or as whole answers."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from starlette.datastructures import State

from mlx_manager.mlx_server.answer import answer
from mlx_manager.mlx_server.core.elsewhere import Walk
from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.openai.choices import Choice, ChoiceEvent
from mlx_manager.mlx_server.generate import collect

Spine = Callable[[GenerationRequest], Walk]
"""Answers a request, wherever that is done."""


def spine_of(state: State) -> Spine:
    """The spine of an app, with what its state has at this moment."""
    pool, elsewhere = state.pool, state.elsewhere
    return lambda request: answer(request, pool, elsewhere)


async def side_by_side(walks: Sequence[Walk]) -> AsyncGenerator[ChoiceEvent, None]:
    """Run all walks at the same time; events come as they happen, each with its walk's index.

    The first error ends them all. Closing this generator cancels every walk without waiting; each
    cleans up in its own task.
    """
    if len(walks) == 1:
        async with aclosing(walks[0]) as walk:
            async for event in walk:
                yield ChoiceEvent(0, event)
        return
    arrivals: asyncio.Queue[ChoiceEvent | asyncio.Task[None]] = asyncio.Queue()

    async def follow(index: int, walk: Walk) -> None:
        async with aclosing(walk):
            async for event in walk:
                arrivals.put_nowait(ChoiceEvent(index, event))

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # looked at, so that a second failure is not reported as lost
        arrivals.put_nowait(task)

    tasks = [asyncio.create_task(follow(at, walk)) for at, walk in enumerate(walks)]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        running = len(tasks)
        while running:
            arrival = await arrivals.get()
            if isinstance(arrival, ChoiceEvent):
                yield arrival
            else:
                arrival.result()
                running -= 1
    finally:
        for task in tasks:
            task.cancel()


async def answers(walks: Sequence[Walk]) -> list[Choice]:
    """Run all walks to their ends, at the same time. The first error ends them all."""
    if len(walks) == 1:
        return [await _answer(walks[0])]
    tasks = [asyncio.create_task(_answer(walk)) for walk in walks]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def _answer(walk: Walk) -> Choice:
    async with aclosing(walk):
        whole = await collect(walk)
    return Choice(whole.text, whole.finished, whole.reasoning, whole.tool_calls, whole.logprobs)


async def preceded(first: Sequence[GenerationEvent], walk: Walk) -> Walk:
    """The walk with some events before its own, once it has begun (an error still comes first)."""
    async with aclosing(walk):
        begun = False
        async for event in walk:
            if not begun:
                begun = True
                for each in first:
                    yield each
            yield event
