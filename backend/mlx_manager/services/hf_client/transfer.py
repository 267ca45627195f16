"""One file from the hub to the cache: goes on where it stopped, and is what it should be."""

import hashlib
import os
import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import FileMetadataError, HfHubHTTPError
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    WeakFileLock,
    build_hf_headers,
)

from mlx_manager.services.hf_client.cache_folder import CacheFolder
from mlx_manager.services.hf_client.faults import CorruptFile
from mlx_manager.services.hf_client.plan import PlannedFile

PIECE_BYTES = 1 << 20
ATTEMPTS = 2

# A piece is lost when the process is killed, and progress moves by one: 10 MB are too many.
constants.DOWNLOAD_CHUNK_SIZE = 1 << 16


class Meter:
    """Bytes on this machine, counted by all threads."""

    def __init__(self, bytes_done: int) -> None:
        self._lock = threading.Lock()
        self.bytes_done = bytes_done

    def add(self, count: int) -> None:
        """More have come; fewer, where a server would not go on where we were."""
        with self._lock:
            self.bytes_done += count

    def bar(self, **settings: object) -> "_Bar":
        """What the hub's client takes for a progress bar."""
        del settings
        return _Bar(self)


class _Bar:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is shown, so nothing is to be closed."""

    def update(self, count: int | float | None = 1) -> None:
        self._meter.add(int(count or 0))


def fetch(file: PlannedFile, model: str, commit: str, folder: CacheFolder, meter: Meter) -> None:
    """Bring one blob. Raises ``CorruptFile``, ``OSError`` and what the hub's client raises."""
    blob = folder.blob(file.etag)
    blob.parent.mkdir(parents=True, exist_ok=True)
    folder.locks.mkdir(parents=True, exist_ok=True)
    # The lock that the hub's own programs take for this blob.
    with WeakFileLock(folder.locks / f"{file.etag}.lock"):
        if blob.exists():
            meter.add(file.size - folder.partial_bytes(file.etag))
            return
        partial = folder.partial(file.etag)
        for _ in range(ATTEMPTS):
            _receive(file, hf_hub_url(model, file.name, revision=commit), partial, meter)
            if _digest(partial, file) == file.etag:
                partial.replace(blob)
                return
            partial.unlink()
            meter.add(-file.size)
        raise CorruptFile(file.name)


def _receive(file: PlannedFile, url: str, partial: Path, meter: Meter) -> None:
    while True:
        before = _size(partial)
        try:
            _go_on(file, url, partial, meter)
        except HfHubHTTPError as error:
            # The signed address of a large file ends after an hour or so: ask for a new one.
            if error.response.status_code == 403 and _size(partial) > before:
                continue
            raise
        return


def _go_on(file: PlannedFile, url: str, partial: Path, meter: Meter) -> None:
    metadata = get_hf_file_metadata(url, retry_on_errors=True)
    if metadata.etag != file.etag or metadata.location is None:
        raise FileMetadataError(f"{file.name} has not the hash that the list of files gives.")
    headers = build_hf_headers()
    if urlsplit(metadata.location).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)  # a token is for the hub alone
    if _size(partial) > file.size:
        meter.add(-_size(partial))
        partial.unlink()
    with partial.open("ab") as out:
        http_get(
            metadata.location,
            out,
            resume_size=_size(partial),
            headers=headers,
            expected_size=file.size,
            tqdm_class=meter.bar,  # type: ignore[arg-type]  # any callable will do
        )
        out.flush()
        os.fsync(out.fileno())


def _digest(path: Path, file: PlannedFile) -> str:
    if file.large:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    with path.open("rb") as content:
        while piece := content.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
