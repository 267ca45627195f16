"""What the event loop posts into the engine's inbox. Frozen, so nothing is shared."""

from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.mlx_server.core.embedding import EmbedSpec
from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.model import ModelHandle, Tokenizer
from mlx_manager.mlx_server.core.ports import LoadSpec, SequenceSpec


@dataclass(frozen=True, slots=True)
class Submit:
    """Generate this; ``submitted_at`` is ``time.perf_counter()`` seconds."""

    id: SequenceId
    spec: SequenceSpec
    submitted_at: float


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop stepping a sequence; unknown ids are those that have just ended."""

    id: SequenceId


@dataclass(frozen=True, slots=True)
class Load:
    """Make a model resident; ``ticket`` names the answer and becomes the handle's generation."""

    ticket: int
    spec: LoadSpec
    tokenizer: Tokenizer
    progress: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Unload:
    """Free a model; answer ticket ``ticket``."""

    ticket: int
    handle: ModelHandle


@dataclass(frozen=True, slots=True)
class Embed:
    """Make a vector of each passage; answer ticket ``ticket``."""

    ticket: int
    spec: EmbedSpec


@dataclass(frozen=True, slots=True)
class Drop:
    """Nobody waits for this ticket's vectors any more; unknown ones have just been answered."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Message = Submit | Cancel | Load | Unload | Embed | Drop | Stop
