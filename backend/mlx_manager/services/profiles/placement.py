"""Where profiles run: the one interface that the server's own process and others have."""

from typing import Protocol

from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.schemas.server import ServerHealth, ServerStatus
from mlx_manager.services.profiles.log_file import LogFile


class Placement(Protocol):
    """Runs any number of profiles. All verbs are called on the event loop, by the profile's row
    as it is at that moment; a row that has changed is in force from the next start on."""

    async def start(self, profile: ServerProfile) -> None:
        """Begin to run it, and do not wait until it does; one that runs or starts is left alone.

        What goes wrong later is the status's ``problem``. Raises a ``ManagerError`` for what is
        known at once.
        """
        ...

    async def stop(self, profile: ServerProfile) -> None:
        """Run it no more; returns when it has ended. One that is stopped is left alone.

        Raises ``ServerBusy``.
        """
        ...

    def status(self, profile: ServerProfile) -> ServerStatus:
        """How it is at this moment, without waiting for anything."""
        ...

    async def health(self, profile: ServerProfile) -> ServerHealth:
        """Whether it is well; never raises for what it finds."""
        ...

    def logs(self, profile: ServerProfile) -> LogFile:
        """What it writes, or wrote when it ran last."""
        ...

    async def close(self) -> None:
        """The server ends: so does everything that runs here."""
        ...
