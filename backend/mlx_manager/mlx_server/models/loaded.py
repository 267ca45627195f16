"""Whether what a name stands for is in memory, in this process or in one of its own."""

from collections.abc import Callable

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.models.profiles import Profiles


def is_loaded(name: ModelId, profiles: Profiles, is_ready: Callable[[Variant], bool]) -> bool:
    """A profile's name, where it is answered; a model's own, anywhere on this machine.
    ``is_ready`` tells of this process."""
    profile = profiles.find(name)
    beside = [model for model in profiles.beside.models() if model.is_ready]
    if profile is not None and profile.own_process:
        return any(model.profile == name for model in beside)
    residence = profiles.residence_of(name)
    return is_ready(residence) or (
        profile is None and any(model.residence == residence for model in beside)
    )
