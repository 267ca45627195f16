"""What models in processes of their own hold of the machine's memory."""

from collections.abc import Sequence

from mlx_manager.mlx_server.core.beside import ModelBeside
from mlx_manager.services.server_manager.process_spec import ProcessSpec
from mlx_manager.services.server_manager.process_state import ProcessState, ProcessStatus
from mlx_manager.services.server_manager.server_manager import ServerManager


class ProcessMemory:
    """A ``Beside`` over the server manager."""

    def __init__(self, servers: ServerManager) -> None:
        self._servers = servers

    def models(self) -> Sequence[ModelBeside]:
        """Every process that lives, ready or not."""
        found = (_beside(each.spec, each.status) for each in self._servers.supervised())
        return tuple(model for model in found if model is not None)


def _beside(spec: ProcessSpec, status: ProcessStatus) -> ModelBeside | None:
    if status.pid is None:
        return None
    sample = status.samples[-1] if status.samples else None
    return ModelBeside(
        profile=spec.profile.name,
        residence=spec.profile.residence,
        process_id=status.pid,
        is_ready=status.state is ProcessState.READY,
        used_bytes=(sample.used_bytes or 0) if sample else 0,
        process_bytes=(sample.memory_bytes or 0) if sample else 0,
    )
