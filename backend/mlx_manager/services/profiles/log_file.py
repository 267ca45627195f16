"""One profile's log on the disk: its end, and what is added to it."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator
from pathlib import Path

LOOK_EVERY_SECONDS = 0.5
MOST_LINE = 20_000
_CHUNK = 64 * 1024


class LogFile:
    """``{profile_id}.log``, rotated by whoever writes it: ``.1`` is the part before."""

    def __init__(self, folder: Path, profile_id: str) -> None:
        self.path = folder / f"{profile_id}.log"

    async def tail(self, lines: int) -> list[str]:
        """The last lines, the oldest first; none where nothing was written yet."""
        return await asyncio.to_thread(self._tail, lines)

    async def follow(self, lines: int) -> AsyncGenerator[str, None]:
        """The last lines and then every new one, without end; rotation loses none that is looked
        at in time."""
        place = await asyncio.to_thread(_Place.at_end, self.path)
        for line in await self.tail(lines):
            yield line
        while True:
            for line in await asyncio.to_thread(place.new_lines):
                yield line
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def delete(self) -> None:
        """All of it, rotated parts too. Blocking."""
        for part in self.path.parent.glob(f"{self.path.name}*"):
            part.unlink(missing_ok=True)

    def _tail(self, lines: int) -> list[str]:
        found: deque[str] = deque(maxlen=lines)
        for path in (self.path.with_name(f"{self.path.name}.1"), self.path):
            try:
                with path.open(encoding="utf-8", errors="replace") as file:
                    found.extend(_whole(line) for line in file)
            except FileNotFoundError:
                continue
        return list(found)


class _Place:
    """How far a reader has come in a file that grows and is replaced."""

    def __init__(self, path: Path, inode: int | None, offset: int) -> None:
        self._path = path
        self._inode = inode
        self._offset = offset
        self._begun = b""

    @classmethod
    def at_end(cls, path: Path) -> "_Place":
        stat = _stat(path)
        return cls(path, stat.st_ino if stat else None, stat.st_size if stat else 0)

    def new_lines(self) -> list[str]:
        """The lines that were ended since the last call."""
        stat = _stat(self._path)
        if stat is None:
            return []
        found: list[bytes] = []
        if stat.st_ino != self._inode or stat.st_size < self._offset:
            found = self._rest_of_the_rotated()
            self._inode, self._offset = stat.st_ino, 0
        found += self._read(self._path)
        return [_whole(line.decode("utf-8", "replace")) for line in found]

    def _rest_of_the_rotated(self) -> list[bytes]:
        before = self._path.with_name(f"{self._path.name}.1")
        stat = _stat(before)
        return self._read(before) if stat is not None and stat.st_ino == self._inode else []

    def _read(self, path: Path) -> list[bytes]:
        try:
            with path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(_CHUNK * 16)
        except FileNotFoundError:
            return []
        self._offset += len(data)
        *lines, self._begun = (self._begun + data).split(b"\n")
        return lines


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _whole(line: str) -> str:
    return line.rstrip("\r\n")[:MOST_LINE]
