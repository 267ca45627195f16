"""One profile's log on the disk: its end, and what is added to it."""

import asyncio
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY_SECONDS = 0.5
MOST_LINE = 20_000
MOST_READ_BYTES = 4 * 1024 * 1024


class LogFile:
    """``{profile_id}.log``, rotated by whoever writes it: ``.1`` is the part before."""

    def __init__(self, folder: Path, profile_id: str) -> None:
        self.path = folder / f"{profile_id}.log"

    async def tail(self, lines: int) -> list[str]:
        """The last lines, the oldest first; none where nothing was written yet."""
        return (await asyncio.to_thread(self._end, lines)).lines

    async def follow(self, lines: int) -> AsyncGenerator[str, None]:
        """The last lines and then every new one, without end; one rotation between two looks
        loses none."""
        end = await asyncio.to_thread(self._end, lines)
        while True:
            for line in end.lines:
                yield line
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            end = await asyncio.to_thread(self._since, end)

    def delete(self) -> None:
        """All of it, rotated parts too. Blocking."""
        for part in self.path.parent.glob(f"{self.path.name}*"):
            part.unlink(missing_ok=True)

    @property
    def _before(self) -> Path:
        return self.path.with_name(f"{self.path.name}.1")

    def _end(self, lines: int) -> "_Reading":
        before, now = _read(self._before, None), _read(self.path, None)
        return _Reading([*before.lines, *now.lines][-lines:], now.inode, now.offset)

    def _since(self, last: "_Reading") -> "_Reading":
        now = _read(self.path, last)
        if now.inode == last.inode or last.inode is None:
            return now
        rotated = _read(self._before, last)
        missed = rotated.lines if rotated.inode == last.inode else []
        return _Reading([*missed, *now.lines], now.inode, now.offset)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Whole lines, and where in which file the next ones begin."""

    lines: list[str]
    inode: int | None
    offset: int


def _read(path: Path, last: _Reading | None) -> _Reading:
    """What follows ``last`` where it was of this file, else the file's end."""
    try:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            goes_on = last is not None and stat.st_ino == last.inode
            start = last.offset if last is not None and goes_on else 0
            if start > stat.st_size:  # it was emptied
                start = 0
            begin = max(start, stat.st_size - MOST_READ_BYTES)
            file.seek(begin)
            data = file.read(MOST_READ_BYTES)
    except FileNotFoundError:
        return _Reading([], None, 0)
    # A line that is still being written waits for its end.
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.decode("utf-8", "replace").split("\n")[:-1]
    return _Reading([line[:MOST_LINE] for line in lines], stat.st_ino, begin + len(whole))
