"""A profile's log, read while it grows and is rotated."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from mlx_manager.services.profiles import log_file
from mlx_manager.services.profiles.log_file import LogFile

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "LOOK_EVERY_SECONDS", 0.001)


def write(log: LogFile, text: str) -> None:
    with log.path.open("a", encoding="utf-8") as file:
        file.write(text)


async def take(lines: AsyncGenerator[str, None], count: int) -> list[str]:
    return [await anext(lines) for _ in range(count)]


async def test_the_end_reaches_back_into_the_part_before(tmp_path: Path) -> None:
    log = LogFile(tmp_path, "p1")
    assert await log.tail(5) == []
    write(log, "one\ntwo\n")
    log.path.rename(tmp_path / "p1.log.1")
    write(log, "three\nfo")
    assert await log.tail(5) == ["one", "two", "three"]  # a line is told when it is whole
    write(log, "ur\n")
    assert await log.tail(2) == ["three", "four"]
    log.delete()
    assert await log.tail(5) == []


async def test_a_reader_gets_every_line_once_through_a_rotation(tmp_path: Path) -> None:
    log = LogFile(tmp_path, "p1")
    write(log, "one\ntwo\nthr")
    async with aclosing(log.follow(1)) as lines:
        assert await take(lines, 1) == ["two"]
        write(log, "ee\nfour\n")
        assert await take(lines, 2) == ["three", "four"]
        write(log, "five\n")
        log.path.rename(tmp_path / "p1.log.1")
        write(log, "six\n")
        assert await take(lines, 2) == ["five", "six"]
        write(log, "seven\n")
        assert await take(lines, 1) == ["seven"]


async def test_a_log_that_begins_later_is_followed_from_its_first_line(tmp_path: Path) -> None:
    log = LogFile(tmp_path, "p1")
    async with aclosing(log.follow(10)) as lines:
        write(log, "one\n")
        assert await take(lines, 1) == ["one"]
