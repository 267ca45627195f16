"""Request bodies of the tests, and the reading of replies."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.mlx_server.conftest import MODEL

FLAT_WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}
"""A tool as /v1/responses has it: its fields not under ``function``."""

CALL = '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>'
THINKING = "<think>\nLet me see.\n</think>\n\nYes."


def chat(text: str = "Hi", **fields: Any) -> dict[str, Any]:
    """A chat body with one user turn."""
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **fields}


def completion(prompt: Any = "Once", **fields: Any) -> dict[str, Any]:
    """A completion body."""
    return {"model": MODEL, "prompt": prompt, **fields}


def events(stream: str) -> list[Any]:
    """The data of a whole event stream, ``[DONE]`` as the string it is."""
    blocks = [block for block in stream.split("\n\n") if block and not block.startswith(":")]
    assert all(block.startswith("data: ") for block in blocks)
    return [_data(block.removeprefix("data: ")) for block in blocks]


def _data(text: str) -> Any:
    return text if text == "[DONE]" else json.loads(text)


def joined(chunks: list[Any], field: str) -> str:
    """One field of all deltas of choice 0, joined."""
    deltas = [c["choices"][0]["delta"] for c in chunks if c != "[DONE]" and c["choices"]]
    return "".join(delta.get(field) or "" for delta in deltas)


async def eventually(holds: Callable[[], bool]) -> None:
    """Let the server work until something holds; fail after five seconds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  (what is awaited happens inside the server)
            await asyncio.sleep(0)
