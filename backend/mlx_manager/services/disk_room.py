"""Whether a download fits on the disk beside those under way."""

import shutil
from pathlib import Path

KEPT_FREE_BYTES = 512 * 1024**2
"""For the database, the logs and everybody else."""


def free_bytes(folder: Path) -> int:
    """Free space where ``folder`` is, or will be made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def shortage(needed_bytes: int, promised_bytes: int, free: int) -> str | None:
    """Why ``needed_bytes`` more do not fit, where ``promised_bytes`` go to other downloads."""
    if needed_bytes == 0 or needed_bytes + promised_bytes + KEPT_FREE_BYTES <= free:
        return None
    others = f", {_gb(promised_bytes)} of it promised to other downloads" if promised_bytes else ""
    return (
        f"It needs {_gb(needed_bytes)} more, and the disk has {_gb(free)} free{others}; "
        f"{_gb(KEPT_FREE_BYTES)} are kept free. Delete a model or other files, then resume."
    )


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
