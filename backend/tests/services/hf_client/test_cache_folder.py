"""A model in the hub's cache: what a cancel and a delete take away, and what they leave."""

from pathlib import Path

from mlx_manager.services.hf_client.cache_folder import CacheFolder, sweep


def blob(folder: CacheFolder, etag: str, *snapshots: str, name: str | None = None) -> None:
    """A whole file that some snapshots link to."""
    folder.blob(etag).parent.mkdir(parents=True, exist_ok=True)
    folder.blob(etag).write_bytes(b"x")
    for commit in snapshots:
        link = folder.path / "snapshots" / commit / (name or etag)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../../blobs") / etag)


def left(folder: CacheFolder) -> set[str]:
    return {path.name for path in (folder.path / "blobs").iterdir()}


def test_a_download_that_never_got_far_leaves_no_folder(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, "acme/Tiny")
    blob(folder, "a")
    folder.partial("b").write_bytes(b"half")
    assert folder.partial_bytes("b") == 4
    assert folder.partial_bytes("c") == 0
    folder.locks.mkdir(parents=True)
    folder.take_away(["a", "b"], "commit")
    assert not folder.path.exists()
    assert not folder.locks.exists()
    folder.take_away(["a", "b"], None)  # nothing there is nothing to do


def test_what_another_revision_uses_stays(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, "acme/Tiny")
    blob(folder, "shared", "old")
    blob(folder, "config", "old", name="config.json")
    blob(folder, "new")
    folder.take_away(["shared", "new"], "fresh")
    assert left(folder) == {"shared", "config"}


def test_a_snapshot_that_is_not_whole_goes_and_one_that_is_stays(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, "acme/Tiny")
    blob(folder, "old", "old", name="config.json")
    blob(folder, "weights", "half", name="model.safetensors")
    blob(folder, "pooling", "half", name="1_Pooling/x.json")
    folder.take_away(["weights", "pooling"], "half")
    assert [path.name for path in (folder.path / "snapshots").iterdir()] == ["old"]
    assert left(folder) == {"old"}
    folder.take_away(["old"], "old")
    assert left(folder) == {"old"}


def test_a_reference_changes_in_one_step(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, "acme/Tiny")
    folder.name_commit("main", "one")
    folder.name_commit("main", "two")
    assert (folder.path / "refs" / "main").read_text() == "two"
    assert [path.name for path in (folder.path / "refs").iterdir()] == ["main"]
    folder.name_commit("abc", "abc")
    assert not (folder.path / "refs" / "abc").exists()


def test_a_delete_takes_everything_and_nothing_else(tmp_path: Path) -> None:
    folder, other = CacheFolder(tmp_path, "acme/Tiny"), CacheFolder(tmp_path, "acme/Tiny-2")
    blob(folder, "a", "one")
    blob(other, "a", "one")
    folder.delete()
    folder.delete()
    assert [path.name for path in tmp_path.iterdir()] == ["models--acme--Tiny-2"]


def test_a_delete_that_a_crash_interrupted_is_ended_at_the_next_start(tmp_path: Path) -> None:
    half = tmp_path / ".deleted-by-mlx-manager-1-models--acme--Tiny"
    (half / "blobs").mkdir(parents=True)
    blob(CacheFolder(tmp_path, "acme/Other"), "a", "one")
    sweep(tmp_path)
    sweep(tmp_path / "not made yet")
    assert [path.name for path in tmp_path.iterdir()] == ["models--acme--Other"]
