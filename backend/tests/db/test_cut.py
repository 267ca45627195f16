"""Whoever uses the database may be cut wherever they wait: nothing is left behind."""

import asyncio
import gc
import shutil
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from mlx_manager.db.columns import new_id
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.schemas.account import UserStatus

pytestmark = pytest.mark.anyio

PATIENCE_SECONDS = 10
Work = Callable[[Database], Coroutine[Any, Any, None]]


async def read(database: Database) -> None:
    async with database.reading() as session:
        (await session.exec(select(User))).all()


async def write(database: Database) -> None:
    async with database.writing() as session:
        row = User(email=f"{new_id()}@example.com", password_hash="", status=UserStatus.APPROVED)
        session.add(row)


class Cut(Awaitable[None]):
    """``work``, cancelled where it waits for the ``place``-th time; with ``again`` also wherever it
    waits afterwards, as anyio's scopes cancel the requests of clients that left."""

    def __init__(self, work: Coroutine[Any, Any, None], place: int, again: bool) -> None:
        self._work = work
        self._place = place
        self._again = again
        self.was_made = False
        # Kept with its traceback, and so with the cursors in its frames, as logs keep it.
        self.ended_by: BaseException | None = None

    def __await__(self) -> Generator[Any, None, None]:
        steps = self._work.__await__()
        step: Callable[[], Any] = steps.__next__
        for waits in count(1):
            try:
                awaited: asyncio.Future[Any] = step()
            except StopIteration:
                return
            except BaseException as error:
                self.ended_by = error
                raise
            if waits == self._place or (self._again and waits > self._place):
                self.was_made = True
                awaited.cancel()
            step = steps.__next__
            try:
                yield awaited
            except BaseException as error:
                step = _thrower(steps, error)


def _thrower(steps: Generator[Any, None, None], error: BaseException) -> Callable[[], Any]:
    return lambda: steps.throw(error)


async def _run(cut: Cut) -> None:
    await cut


async def run_cut(cut: Cut, place: int) -> None:
    """All that was begun has ended when this returns."""
    before = asyncio.all_tasks()
    running = asyncio.create_task(_run(cut))
    await asyncio.wait({running}, timeout=PATIENCE_SECONDS)
    assert running.done(), f"still busy after a cut at place {place}"
    assert running.cancelled() or running.exception() is None
    if left := asyncio.all_tasks() - before:
        _, left = await asyncio.wait(left, timeout=PATIENCE_SECONDS)
    assert not left, f"left behind by a cut at place {place}"


@pytest.mark.parametrize("again", [False, True], ids=["once", "again and again"])
@pytest.mark.parametrize("work", [read, write])
async def test_a_cut_anywhere_leaves_no_task_no_thread_and_no_lock(
    work: Work, again: bool, tmp_path: Path, migrated_database: Path
) -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    path = Path(shutil.copy(migrated_database, tmp_path / "manager.db"))
    threads = set(threading.enumerate())
    for place in count(1):
        # A new one each time, so that opening is among what is cut.
        database = Database(path)
        cut = Cut(work(database), place, again)
        await run_cut(cut, place)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await write(database)
            await database.close()
        for thread in set(threading.enumerate()) - threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), f"a cut at place {place} left its thread"
        if not cut.was_made:
            break
    assert place > 10, "opening, beginning, asking and closing are some places each"
    gc.collect()
    assert told == []
