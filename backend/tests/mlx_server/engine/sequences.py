"""Short ways to say what the engine's tests submit and read."""

from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import EnginePort, SequenceSpec, TokenStream
from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.core.tokens import Ended, Prefilled, Prompt, Tokens

GREEDY = SamplingParams(temperature=0)


@dataclass(frozen=True)
class Answer:
    """Everything one stream said."""

    ids: tuple[int, ...]
    ended: Ended
    prefilled: tuple[Prefilled, ...]


def spec(handle: ModelHandle, text: str, **changes: Any) -> SequenceSpec:
    ids = tuple(text.encode())
    cuts = changes.pop("cut_points", ())
    fields: dict[str, Any] = {
        "sampling": GREEDY,
        "max_tokens": 12,
        "scope": "someone",
        "ignore_eos": True,
        **changes,
    }
    return SequenceSpec(handle, Prompt(ids, (*cuts, len(ids))), **fields)


async def read(stream: TokenStream) -> Answer:
    ids: list[int] = []
    prefilled: list[Prefilled] = []
    ends: list[Ended] = []
    async for item in stream:
        assert not ends, "nothing follows the end"
        match item:
            case Tokens():
                ids.extend(item.ids)
            case Prefilled():
                prefilled.append(item)
            case Ended():
                ends.append(item)
    (ended,) = ends
    return Answer(tuple(ids), ended, tuple(prefilled))


async def ask(engine: EnginePort, handle: ModelHandle, text: str, **changes: Any) -> Answer:
    return await read(engine.submit(spec(handle, text, **changes)))
