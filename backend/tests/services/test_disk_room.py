"""Whether a download fits on the disk."""

from pathlib import Path

from mlx_manager.services.disk_room import KEPT_FREE_BYTES, free_bytes, shortage

GB = 10**9


def test_there_is_room_for_it_for_the_others_and_for_everybody_else() -> None:
    assert shortage(2 * GB, 3 * GB, 5 * GB + KEPT_FREE_BYTES) is None
    assert shortage(0, 3 * GB, 0) is None  # it is here already
    words = shortage(2 * GB, 3 * GB, 5 * GB + KEPT_FREE_BYTES - 1)
    assert words is not None
    assert "It needs 2.0 GB more, and the disk has 5.5 GB free, 3.0 GB of it promised" in words


def test_the_disk_is_looked_at_where_the_cache_will_be(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") == free_bytes(tmp_path)
