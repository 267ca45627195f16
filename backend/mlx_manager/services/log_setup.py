"""Where log lines go: standard error, and a file that is rotated."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from mlx_manager.config import ManagerSettings

LOG_FILE_NAME = "mlx-manager.log"
_FILE_BYTES = 10 * 1024 * 1024
_FILES_KEPT = 5
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_OURS = ("mlx_manager", "uvicorn")


@contextmanager
def logging_to(settings: ManagerSettings) -> Iterator[None]:
    """Send our and uvicorn's lines there while inside; others' logging stays as it was."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    problem = _add_file(settings, handlers)
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
    loggers = [logging.getLogger(name) for name in _OURS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        # A uvicorn that somebody else started writes to standard error by itself.
        for handler in handlers[1:] if logger.handlers else handlers:
            logger.addHandler(handler)
        logger.setLevel(settings.log_level)
    if problem is not None:
        logging.getLogger(__name__).warning("No log file: %s", problem)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
            for handler in handlers:
                logger.removeHandler(handler)
        for handler in handlers[1:]:
            handler.close()


def set_log_level(level: str) -> None:
    """Another level from now on, until ``logging_to`` ends."""
    for name in _OURS:
        logging.getLogger(name).setLevel(level)


def _add_file(settings: ManagerSettings, handlers: list[logging.Handler]) -> OSError | None:
    """A log that cannot be written is no reason not to serve; the reason is returned."""
    path = settings.log_dir / LOG_FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handlers.append(
            RotatingFileHandler(
                path, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8"
            )
        )
    except OSError as error:
        return error
    return None
