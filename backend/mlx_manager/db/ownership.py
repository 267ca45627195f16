"""One process owns a database at a time, because running replies live in that process."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from mlx_manager.errors import DatabaseInUse, DatabaseUnusable


@contextlib.contextmanager
def owned(database_path: Path) -> Iterator[None]:
    """Hold the database's lock file while inside; the system frees it when the process dies.

    Raises ``DatabaseInUse`` when another process holds it, ``DatabaseUnusable`` when the folder
    cannot be made or written.
    """
    lock_path = database_path.with_name(database_path.name + ".lock")
    try:
        database_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        is_no_folder = isinstance(error, FileExistsError | NotADirectoryError)
        reason = "it is not a folder" if is_no_folder else error.strerror
        raise DatabaseUnusable(
            f"Cannot write in {database_path.parent} ({reason}); "
            "choose another file with MLX_MANAGER_DATABASE_PATH."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DatabaseInUse(
                f"Another MLX Manager is using {database_path}; stop it, or choose another file "
                "with MLX_MANAGER_DATABASE_PATH."
            ) from error
        yield
    finally:
        os.close(descriptor)
