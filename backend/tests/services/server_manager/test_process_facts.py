"""What the system tells of processes: of this one, and of some that have ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mlx_manager.services.server_manager import process_facts
from mlx_manager.services.server_manager.process_facts import (
    identity_of,
    send_signal,
    usage_of,
)


@pytest.fixture(params=["proc", "ps"])
def _asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both ways of asking; without /proc it is ps, as on a Mac."""
    if request.param == "ps":
        monkeypatch.setattr(process_facts, "PROC", tmp_path)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing until its input ends."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.usefixtures("_asked")
def test_a_process_is_the_same_at_every_look_and_another_is_not(
    sleeper: subprocess.Popen[bytes],
) -> None:
    here = identity_of(os.getpid())
    assert here is not None
    assert here == identity_of(os.getpid())
    assert here != identity_of(sleeper.pid)


@pytest.mark.usefixtures("_asked")
def test_one_that_ended_is_nobody_even_before_its_parent_looks(
    sleeper: subprocess.Popen[bytes],
) -> None:
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert identity_of(sleeper.pid) is None
    sleeper.wait()
    assert identity_of(sleeper.pid) is None
    assert usage_of(sleeper.pid) is None


@pytest.mark.usefixtures("_asked")
def test_memory_and_processor_time_are_those_of_the_process() -> None:
    usage = usage_of(os.getpid())
    assert usage is not None
    assert 10_000_000 < usage.memory_bytes < 10_000_000_000
    assert usage.cpu_seconds == pytest.approx(sum(os.times()[:2]), abs=1.5)


@pytest.mark.usefixtures("_asked")
def test_a_signal_reaches_the_process_and_no_other_of_its_id(
    sleeper: subprocess.Popen[bytes],
) -> None:
    identity = identity_of(sleeper.pid)
    assert identity is not None
    assert not send_signal(replace(identity, started="another time"), signal.SIGKILL)
    assert sleeper.poll() is None
    assert send_signal(identity, signal.SIGKILL)
    assert sleeper.wait() == -signal.SIGKILL
    assert not send_signal(identity, signal.SIGKILL)
