"""A log file of one's own that holds everything the process says, down to its last words."""

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
LOG_FILE_BYTES = 10 * 1024 * 1024
LOG_FILES_KEPT = 5


class WholeLog(RotatingFileHandler):
    """A rotated file that standard output and error go to as well.

    What a library or a crash writes past ``logging`` would otherwise be lost, or stay in a file
    that was rotated away.
    """

    def __init__(self, path: Path, largest_bytes: int = LOG_FILE_BYTES) -> None:
        super().__init__(path, maxBytes=largest_bytes, backupCount=LOG_FILES_KEPT, encoding="utf-8")
        self.setFormatter(logging.Formatter(LOG_FORMAT))
        self._lead_output_here()

    def doRollover(self) -> None:  # noqa: N802  (the name is logging's)
        """Begin a new file, for all that is said."""
        super().doRollover()
        self._lead_output_here()

    def _lead_output_here(self) -> None:
        assert self.stream is not None  # opened above, as nobody asked for a delay
        for descriptor in (1, 2):
            os.dup2(self.stream.fileno(), descriptor)
