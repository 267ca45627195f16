"""Models in memory beside this process's own: other processes of this machine run them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.variant import Variant


@dataclass(frozen=True, slots=True)
class ModelBeside:
    """One process and the ``profile`` it runs. ``used_bytes`` of the memory budget are its weights
    and cached prefixes, ``process_bytes`` all that is resident of it; both are as its last health
    check found them, so a model is counted from the first check after its load began."""

    profile: ModelId
    residence: Variant
    process_id: int
    is_ready: bool = False
    used_bytes: int = 0
    process_bytes: int = 0


class Beside(Protocol):
    """Who knows of such processes; the parent application brings its own."""

    def models(self) -> Sequence[ModelBeside]:
        """Those that run at this moment; also asked from other threads."""
        ...


class NothingBeside:
    """This process is alone."""

    def models(self) -> Sequence[ModelBeside]:
        """None."""
        return ()
