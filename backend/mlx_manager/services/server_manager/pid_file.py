"""Which processes run for us, on disk: for the manager that starts after we were killed."""

import contextlib
import json
import logging
from pathlib import Path

from mlx_manager.services.server_manager.process_facts import ProcessIdentity

logger = logging.getLogger(__name__)

_SUFFIX = ".pid"


class PidFiles:
    """One file a profile in a folder beside the database, which one manager owns at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, profile_id: str, identity: ProcessIdentity) -> None:
        """Keep it, whole or not at all. Raises ``OSError``."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(profile_id)
        beside = path.with_suffix(".new")
        record = {"pid": identity.pid, "started": identity.started}
        beside.write_text(json.dumps(record), encoding="utf-8")
        beside.replace(path)

    def remove(self, profile_id: str) -> None:
        """Forget it; one that is not there is forgotten already."""
        with contextlib.suppress(OSError):
            self._path(profile_id).unlink()

    def kept(self) -> dict[str, ProcessIdentity]:
        """All that can be read, by profile; what cannot names no process and is removed."""
        found = {}
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
                found[path.stem] = ProcessIdentity(int(record["pid"]), str(record["started"]))
            except (OSError, ValueError, KeyError, TypeError) as error:
                logger.warning("%s names no process (%s); it is removed", path, error)
                self.remove(path.stem)
        return found

    def _path(self, profile_id: str) -> Path:
        return self._folder / f"{profile_id}{_SUFFIX}"
