"""What a killed manager left behind: ended when it is still that process, never when not."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mlx_manager.services.server_manager.orphan_policy import OrphanVerdict, judge
from mlx_manager.services.server_manager.orphans import end_orphans
from mlx_manager.services.server_manager.pid_file import PidFiles
from mlx_manager.services.server_manager.process_facts import ProcessIdentity, identity_of

pytestmark = pytest.mark.anyio
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); input()"
WILLING = "print(flush=True); input()"


@contextmanager
def left_behind(program: str) -> Iterator[tuple[subprocess.Popen[bytes], ProcessIdentity]]:
    """A process, ready; ended with the block if nobody did before."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            identity = identity_of(process.pid)
            assert identity is not None
            yield process, identity
        finally:
            process.kill()


def test_only_the_very_process_is_ended() -> None:
    recorded = ProcessIdentity(4711, "boot 100")
    assert judge(recorded, recorded) is OrphanVerdict.END
    assert judge(recorded, None) is OrphanVerdict.FORGET
    assert judge(recorded, replace(recorded, started="boot 200")) is OrphanVerdict.FORGET


async def test_an_orphan_is_asked_to_end_and_forgotten(tmp_path: Path) -> None:
    files = PidFiles(tmp_path)
    with left_behind(WILLING) as (process, identity):
        files.write("writer", identity)
        assert await end_orphans(files, grace_seconds=30) == ["writer"]
        assert process.wait() == -signal.SIGTERM
    assert files.kept() == {}


async def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    files = PidFiles(tmp_path)
    with left_behind(DEAF) as (process, identity):
        files.write("writer", identity)
        assert await end_orphans(files, grace_seconds=0.2) == ["writer"]
        assert process.wait() == -signal.SIGKILL


async def test_a_stranger_with_its_id_is_left_alone(tmp_path: Path) -> None:
    files = PidFiles(tmp_path)
    with left_behind(WILLING) as (process, identity):
        files.write("writer", replace(identity, started="long ago"))
        assert await end_orphans(files) == []
        assert process.poll() is None
    assert files.kept() == {}


async def test_a_file_that_names_no_process_is_removed(tmp_path: Path) -> None:
    for name, text in (("a", ""), ("b", "[]"), ("c", json.dumps({"pid": os.getpid()}))):
        (tmp_path / f"{name}.pid").write_text(text)
    files = PidFiles(tmp_path)
    assert await end_orphans(files) == []
    assert files.kept() == {}
    assert not (tmp_path / "a.pid").exists()
