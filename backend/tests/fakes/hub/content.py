"""What the stand-in has: repositories, each a folder of files, with the facts people search by."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

LARGE = (".safetensors", ".gguf", ".bin")
"""Kept in LFS on the hub, as everything is that is not small text."""


@dataclass
class HubFile:
    """One file. Its ETag is the SHA-256 for a large file, else git's blob id, as on the hub."""

    name: str
    path: Path

    @property
    def is_large(self) -> bool:
        return self.name.endswith(LARGE)

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @property
    def size(self) -> int:
        return len(self.content)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def blob_id(self) -> str:
        header = b"blob %d\0" % self.size
        return hashlib.sha1(header + self.content, usedforsecurity=False).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.is_large else self.blob_id

    def in_tree(self) -> dict[str, Any]:
        """As the tree route lists it."""
        entry: dict[str, Any] = {
            "type": "file",
            "oid": self.blob_id,
            "size": self.size,
            "path": self.name,
        }
        if self.is_large:
            entry["lfs"] = {"oid": self.sha256, "size": self.size, "pointerSize": 134}
        return entry


@dataclass
class HubRepo:
    """One model. ``gated`` and ``private`` ones open for the tokens in ``tokens``."""

    id: str
    folder: Path
    downloads: int = 0
    likes: int = 0
    last_modified: str = "2026-01-02T03:04:05.000Z"
    tags: tuple[str, ...] = ("mlx", "safetensors", "text-generation")
    pipeline_tag: str = "text-generation"
    gated: bool = False
    private: bool = False
    used_storage: int | None = None
    tokens: set[str] = field(default_factory=set)

    @cached_property
    def files(self) -> dict[str, HubFile]:
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        names = {path: path.relative_to(self.folder).as_posix() for path in paths}
        return {name: HubFile(name, path) for path, name in names.items()}

    @cached_property
    def sha(self) -> str:
        """The commit: another state of the files is another one."""
        text = "".join(f"{file.name} {file.blob_id}\n" for file in self.files.values())
        return hashlib.sha1((self.id + text).encode(), usedforsecurity=False).hexdigest()

    def change(self) -> None:
        """The folder was changed: the next look finds a new commit."""
        self.__dict__.pop("files", None)
        self.__dict__.pop("sha", None)

    def config(self) -> dict[str, Any]:
        """The digest of ``config.json`` that the hub keeps."""
        file = self.files.get("config.json")
        try:
            whole = json.loads(file.content) if file else {}
        except ValueError:
            whole = {}
        kept = ("architectures", "model_type", "quantization_config")
        return {key: whole[key] for key in kept if key in whole}

    def facts(self) -> dict[str, Any]:
        """Everything that the API may tell of it."""
        return {
            "author": self.id.split("/")[0],
            "sha": self.sha,
            "lastModified": self.last_modified,
            "createdAt": self.last_modified,
            "private": self.private,
            "gated": "auto" if self.gated else False,
            "disabled": False,
            "downloads": self.downloads,
            "likes": self.likes,
            "tags": list(self.tags),
            "pipeline_tag": self.pipeline_tag,
            "library_name": "mlx",
            "modelId": self.id,
            "config": self.config(),
            "siblings": [{"rfilename": name} for name in self.files],
            "usedStorage": self.used_storage or sum(file.size for file in self.files.values()),
        }
