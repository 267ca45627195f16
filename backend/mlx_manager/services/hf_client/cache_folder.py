"""One model's folder in the hub's cache.

The layout is documented at https://huggingface.co/docs/huggingface_hub/guides/manage-cache; the
partial files are ours.
"""

import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

PARTIAL_SUFFIX = ".mlx-manager-partial"
_DOOMED = ".deleted-by-mlx-manager-"


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """Where a model's blobs, snapshots and references are; nothing of it need exist."""

    cache: Path
    model: str

    @property
    def name(self) -> str:
        return f"models--{self.model.replace('/', '--')}"

    @property
    def path(self) -> Path:
        return self.cache / self.name

    @property
    def locks(self) -> Path:
        return self.cache / ".locks" / self.name

    def blob(self, etag: str) -> Path:
        """A whole file, named by its hash."""
        return self.path / "blobs" / etag

    def partial(self, etag: str) -> Path:
        """The beginning of one."""
        return self.path / "blobs" / (etag + PARTIAL_SUFFIX)

    def partial_bytes(self, etag: str) -> int:
        """How much of it is here."""
        try:
            return self.partial(etag).stat().st_size
        except OSError:
            return 0

    def name_commit(self, revision: str, commit: str) -> None:
        """Let ``revision`` mean ``commit``, for every reader in one step."""
        if revision == commit:
            return
        reference = self.path / "refs" / revision
        reference.parent.mkdir(parents=True, exist_ok=True)
        draft = reference.with_name(reference.name + PARTIAL_SUFFIX)
        draft.write_text(commit, encoding="utf-8")
        draft.replace(reference)

    def take_away(self, etags: Collection[str], commit: str | None) -> None:
        """Undo a download that is not to be finished: its partial files and blobs, and its
        snapshot unless that is whole. What other revisions use stays."""
        if commit is not None:
            snapshot = self.path / "snapshots" / commit
            if snapshot.is_dir() and not (snapshot / "config.json").exists():
                _unlink_from(snapshot, etags)
        used = self._used_blobs()
        for etag in etags:
            self.partial(etag).unlink(missing_ok=True)
            if etag not in used:
                self.blob(etag).unlink(missing_ok=True)
        if not used and not any((self.path / "blobs").glob("*")):
            self.delete()

    def delete(self) -> None:
        """Remove the whole model. It is gone for every reader before the first byte is."""
        if self.path.exists():
            doomed = self.cache / f"{_DOOMED}{os.getpid()}-{self.name}"
            shutil.rmtree(doomed, ignore_errors=True)
            self.path.rename(doomed)
            shutil.rmtree(doomed)
        shutil.rmtree(self.locks, ignore_errors=True)

    def _used_blobs(self) -> set[str]:
        """Names of the blobs that some snapshot links to."""
        links = (self.path / "snapshots").rglob("*")
        return {link.readlink().name for link in links if link.is_symlink()}


def sweep(cache: Path) -> None:
    """End the deletes that a crash interrupted."""
    for doomed in cache.glob(f"{_DOOMED}*"):
        shutil.rmtree(doomed, ignore_errors=True)


def _unlink_from(snapshot: Path, etags: Collection[str]) -> None:
    for link in sorted(snapshot.rglob("*"), reverse=True):
        if link.is_symlink() and link.readlink().name in etags:
            link.unlink()
        elif link.is_dir() and not link.is_symlink() and not any(link.iterdir()):
            link.rmdir()
    if not any(snapshot.iterdir()):
        snapshot.rmdir()
