"""What to run in a process of its own."""

from dataclasses import dataclass

from mlx_manager.mlx_server.core.profile import Profile


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A profile; its ``key`` names the log and the pid file."""

    profile: Profile
    log_level: str = "INFO"

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.profile.name

    @property
    def profile_id(self) -> str:
        """What it is known by."""
        return self.profile.key
