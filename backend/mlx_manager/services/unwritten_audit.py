"""Audit rows that a locked database could not take before the server ended, in a file beside it."""

import json
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mlx_manager.services.audit_row import Values

logger = logging.getLogger(__name__)


class UnwrittenAudit:
    """``<database>.audit-unwritten``, one JSON object a line, readable by its owner alone."""

    def __init__(self, database_path: Path) -> None:
        self.path = database_path.with_name(database_path.name + ".audit-unwritten")

    def write(self, rows: Sequence[Values]) -> None:
        """Keep rows in place of what the file held. Blocking; raises ``OSError``."""
        lines = (json.dumps({**row, "started_at": row["started_at"].isoformat()}) for row in rows)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)

    def read(self) -> list[Values]:
        """What the file holds, without lines that a full disk cut off. Blocking."""
        rows: list[Values] = []
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return rows
        for line in lines:
            try:
                row = json.loads(line)
                row["started_at"] = datetime.fromisoformat(row["started_at"])
            except (ValueError, KeyError, TypeError):
                logger.warning("A line of %s cannot be read; it is left out", self.path)
            else:
                rows.append(row)
        return rows

    def forget(self) -> None:
        """The rows are in the database now."""
        self.path.unlink(missing_ok=True)
