"""What is written to the logs of profiles that run in the server's own process."""

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.record import RequestRecord
from mlx_manager.services.profiles.log_file import LogFile

FILE_BYTES = 2 * 1024 * 1024
FILES_KEPT = 3
_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"

logger = logging.getLogger(__name__)

IdOfName = Callable[[ModelId], str | None]
"""A profile's id by its name."""


class ProfileLog:
    """A rotated file for each profile, opened when there is something to write.

    A line a request, never with what it said: a request's text is nobody's but its caller's. A
    log that cannot be written is no reason not to serve.
    """

    def __init__(self, folder: Path, id_of: IdOfName) -> None:
        self._folder = folder
        self._id_of = id_of
        self._files: dict[str, RotatingFileHandler] = {}
        self._levels: dict[str, int] = {}

    def file(self, profile_id: str) -> LogFile:
        """For readers."""
        return LogFile(self._folder, profile_id)

    def set_level(self, profile_id: str, level: str) -> None:
        """Write nothing below ``level`` from now on."""
        self._levels[profile_id] = logging.getLevelNamesMapping()[level]

    def tell(self, profile_id: str, level: int, message: str) -> None:
        """Write a line."""
        if level < self._levels.get(profile_id, logging.INFO):
            return
        record = logging.LogRecord(__name__, level, "", 0, message, None, None)
        try:
            self._open(profile_id).handle(record)
        except OSError as error:
            logger.warning("The log of profile %s cannot be written: %s", profile_id, error)

    def tell_of(self, record: RequestRecord) -> None:
        """A line for a finished request, if it was a profile's."""
        profile_id = None if record.model is None else self._id_of(record.model)
        if profile_id is not None:
            level = logging.WARNING if record.status >= 400 else logging.INFO
            self.tell(profile_id, level, _line(record))

    def forget(self, profile_id: str) -> None:
        """Close and delete what was written. Blocking."""
        if (file := self._files.pop(profile_id, None)) is not None:
            file.close()
        self._levels.pop(profile_id, None)
        self.file(profile_id).delete()

    def close(self) -> None:
        """Close every file."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _open(self, profile_id: str) -> RotatingFileHandler:
        if profile_id not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = RotatingFileHandler(
                self.file(profile_id).path,
                maxBytes=FILE_BYTES,
                backupCount=FILES_KEPT,
                encoding="utf-8",
            )
            file.setFormatter(logging.Formatter(_FORMAT))
            self._files[profile_id] = file
        return self._files[profile_id]


def _line(record: RequestRecord) -> str:
    usage = record.usage
    failed = f" ({record.error})" if record.error else ""
    return (
        f"{record.request_id} {record.method} {record.path} {record.status}{failed}: "
        f"{usage.prompt_tokens} + {usage.completion_tokens} tokens in {record.seconds:.3f} s"
    )
