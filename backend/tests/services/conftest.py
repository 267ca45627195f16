"""What the services' tests share."""

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path, migrated_database: Path) -> Path:
    """A database of the test's own, at the newest revision."""
    copy = tmp_path / "manager.db"
    copy.write_bytes(migrated_database.read_bytes())
    return copy
