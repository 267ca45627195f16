"""What to run in a process of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A profile's model and how it lives. ``profile_id`` names the log and the pid file;
    ``idle_unload_seconds`` 0 keeps the model for as long as the process runs."""

    profile_id: str
    name: str
    model: str
    log_level: str = "INFO"
    idle_unload_seconds: float = 0.0
