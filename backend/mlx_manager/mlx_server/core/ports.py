"""The seam: what the event loop may ask of the MLX thread.

``engine.Engine`` is the real one; ``tests/fakes`` has a scripted one, and both pass the same
contract suite.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mlx_manager.mlx_server.core.embedding import EmbedSpec, Vector
from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.core.tokens import Prompt, StreamItem


class Grammar(Protocol):
    """What a row may say next. Made off the MLX thread, then used by it alone.

    ``fill_mask`` sets one bit a token that may follow in little-endian 32-bit ``words``; after
    ``consume`` has said False it allows everything.
    """

    def fill_mask(self, words: memoryview) -> None: ...
    def consume(self, token: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class SequenceSpec:
    """One row to generate. ``scope`` is the principal's: prefixes are shared within it only.
    ``priority`` is theirs as well, and moves the row in the queue.

    ``top_logprobs`` None asks for no log-probabilities, 0 for the sampled token's alone.
    """

    model: ModelHandle
    prompt: Prompt
    sampling: SamplingParams
    max_tokens: int
    scope: str
    min_tokens: int = 0
    ignore_eos: bool = False
    top_logprobs: int | None = None
    grammar: Grammar | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """A model to make resident. ``path`` is a directory with config and weights; ``float32``
    asks for a conversion of every weight (Linux CPU, where the pool found that it fits).
    ``adapter_path`` is the directory of what is put on top, counted in ``weights_bytes``."""

    id: ModelId
    path: str
    weights_bytes: int
    float32: bool = False
    adapter_path: str | None = None


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """A snapshot; counts are of sequences, sizes in bytes. ``models`` are those that are resident,
    by their handles' ``generation``."""

    alive: bool
    degraded_reason: str | None
    running: int
    waiting: int
    prefix_cache_bytes: int
    active_memory_bytes: int
    models: Mapping[int, ModelFigures] = field(default_factory=dict)


class TokenStream(Protocol):
    """One sequence's items, ending with exactly one ``Ended`` or one ``InferenceError``."""

    def __aiter__(self) -> AsyncIterator[StreamItem]: ...
    async def __anext__(self) -> StreamItem: ...

    def cancel(self) -> None:
        """Stop stepping this sequence within one step; safe to call twice or after the end."""
        ...


class EnginePort(Protocol):
    """The verbs of the engine, called from the event loop."""

    async def load(self, spec: LoadSpec, progress: Callable[[float], None]) -> ModelHandle:
        """Make a model resident; ``progress`` gets a fraction on the event loop.

        Raises ``InvalidModel`` naming the file and the reason, ``EngineFailed``.
        """
        ...

    async def unload(self, handle: ModelHandle) -> None:
        """Free a model, its sequences' caches and its cached prefixes."""
        ...

    def submit(self, spec: SequenceSpec) -> TokenStream:
        """Queue a sequence; the stream raises what goes wrong."""
        ...

    async def embed(self, spec: EmbedSpec) -> tuple["Vector[float]", ...]:
        """A vector for each passage, in order; a cancelled call drops what is not begun.

        Raises ``Overloaded``, ``InsufficientMemory``, ``EngineFailed``.
        """
        ...

    def status(self) -> EngineStatus: ...

    async def stop(self) -> None:
        """End every stream with an error, and the thread after the step under way."""
        ...
