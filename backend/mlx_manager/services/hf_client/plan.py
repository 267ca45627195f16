"""What a download has to fetch."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, RepoFile, snapshot_download

from mlx_manager.services.hf_client.faults import NoWeights
from mlx_manager.services.hf_client.messages import Job

NOT_FOR_MLX = (
    "*.bin",
    "*.ckpt",
    "*.gguf",
    "*.h5",
    "*.msgpack",
    "*.onnx",
    "*.onnx_data",
    "*.pt",
    "*.pth",
    "*.tflite",
    "original/*",
)
"""Other programs' weights, of which a repository may hold as much again."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """``etag`` is the SHA-256 of a ``large`` file (LFS), else git's blob id."""

    name: str
    size: int
    etag: str
    large: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """``files`` are all of them, ``missing`` those that are not in the cache."""

    commit: str
    files: tuple[PlannedFile, ...]
    missing: tuple[PlannedFile, ...]

    @property
    def bytes_total(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def bytes_missing(self) -> int:
        return sum(file.size for file in self.missing)


def make_plan(job: Job) -> Plan:
    """Ask the hub and the cache. Raises ``NoWeights``, and what the hub's client raises."""
    api = HfApi()
    commit = job.commit or api.model_info(job.model, revision=job.revision, timeout=30).sha
    assert commit is not None
    # By commit: a dry run of a name would already let that name mean the new commit.
    dry = snapshot_download(
        job.model,
        revision=commit,
        cache_dir=Path(job.cache),
        ignore_patterns=list(NOT_FOR_MLX),
        dry_run=True,
    )
    will_download = {file.filename: file.will_download for file in dry}
    files = tuple(
        _planned(entry)
        for entry in api.list_repo_tree(job.model, recursive=True, revision=commit)
        if isinstance(entry, RepoFile) and entry.path in will_download
    )
    if not any(file.name.endswith(".safetensors") for file in files):
        raise NoWeights
    missing = tuple(file for file in files if will_download[file.name])
    return Plan(commit, files, missing)


def _planned(entry: RepoFile) -> PlannedFile:
    if entry.lfs is None:
        return PlannedFile(entry.path, entry.size, entry.blob_id, large=False)
    return PlannedFile(entry.path, entry.lfs.size, entry.lfs.sha256, large=True)
