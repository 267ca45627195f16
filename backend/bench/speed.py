"""How fast a server answers many requests at once, and how ratios of rounds are told."""

import asyncio
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.client import together

CHAT = "/v1/chat/completions"


def tokens_a_second(port: int, bodies: Sequence[Mapping[str, Any]]) -> float:
    """Of all streams together. Raises ``RuntimeError`` when one is shorter than it should be."""
    return asyncio.run(_timed(port, bodies))


async def _timed(port: int, bodies: Sequence[Mapping[str, Any]]) -> float:
    loop = asyncio.get_running_loop()
    started = loop.time()
    replies = await together(port, CHAT, bodies)
    seconds = loop.time() - started
    for reply, body in zip(replies, bodies, strict=True):
        if reply.status != 200:
            raise RuntimeError(reply.body[:500].decode(errors="replace"))
        if reply.completion_tokens() != body["max_tokens"]:
            raise RuntimeError(f"{reply.completion_tokens()} tokens for {body['max_tokens']}")
    return sum(int(body["max_tokens"]) for body in bodies) / seconds


def interleaved(
    measures: Mapping[str, Callable[[int], float]], rounds: int
) -> dict[str, list[float]]:
    """Each measure once a round, in turn; a first round warms up."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(rounds + 1):
        for name, measure in measures.items():
            speed = measure(turn)
            if turn:
                found[name].append(speed)
    return found


def ratio(ours: Sequence[float], base: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(a / b for a, b in zip(ours, base, strict=True))
