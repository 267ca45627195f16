"""A model's process whose parent is killed and can tell nobody."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.services.server_manager.pid_file import PidFiles
from mlx_manager.services.server_manager.process_facts import ProcessIdentity, identity_of
from tests.services.server_manager.conftest import Servers

pytestmark = pytest.mark.anyio
BACKEND = Path(__file__).parents[3]
PARENT = """
import asyncio, sys
from pathlib import Path
from mlx_manager.services.server_manager.process_state import ProcessState
from mlx_manager.services.server_manager.server_manager import ServerManager
from tests.services.server_manager.conftest import WRITER
from tests.settings import inference_settings, manager_settings

async def main():
    home = Path(sys.argv[1])
    settings = manager_settings(database_path=home / "manager.db", log_dir=home)
    manager = ServerManager(settings, inference_settings)
    await manager.start(WRITER)
    status = await manager.until("p1", frozenset(ProcessState) - {ProcessState.STARTING})
    print(status.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
CHILD = """
import os, signal, sys
sys.platform = sys.argv[1]
from mlx_manager.mlx_server.utils.lifeline import tie_to
print(tie_to(int(sys.argv[2])), flush=True)
signal.pause()
"""


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(BACKEND), "PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}


async def gone(identity: ProcessIdentity) -> None:
    """Wait for the end of a process that is not ours to wait for."""
    while await asyncio.to_thread(identity_of, identity.pid) == identity:
        pass


@pytest.mark.parametrize("stopped", [False, True])
async def test_it_ends_too_even_while_it_cannot_look(
    settings: ManagerSettings, servers: Servers, stopped: bool
) -> None:
    home = settings.database_path.parent
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(home)),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = identity_of(int(await parent.stdout.readline()))
    assert child is not None
    if stopped:
        os.kill(child.pid, signal.SIGSTOP)
    files = PidFiles(home / "manager.db.processes")
    assert files.kept() == {"p1": child}
    parent.kill()
    await parent.wait()
    await gone(child)
    async with servers():
        assert files.kept() == {}


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_each_way_of_noticing_is_enough(platform: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, platform, str(os.getpid())],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"the secret\n")
        child.stdin.flush()
        assert child.stdout.readline() == b"the secret\n"
        child.stdin.close()
        assert child.wait() == -signal.SIGTERM


def test_one_whose_parent_is_another_does_not_begin() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, sys.platform, "1"],
        env=environment(),
        input=b"the secret\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"is not the parent of this one" in done.stderr
