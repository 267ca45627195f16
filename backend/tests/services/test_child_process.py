"""Children of the manager: what they say, how they end, and that starting one hangs nothing."""

import asyncio
import signal
import subprocess
import sys
import textwrap

import pytest

from mlx_manager.services.child_process import ChildProcess, start

pytestmark = pytest.mark.anyio
READS_AND_ENDS = "import sys; print(sys.stdin.readline().upper(), end='', flush=True); sys.exit(3)"
SLEEPS = "import time; print('up', flush=True); time.sleep(60)"


async def test_it_is_written_to_and_read_and_its_status_is_told() -> None:
    child = await start(
        [sys.executable, "-c", READS_AND_ENDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.returncode is None
    child.write(b"hello\n")
    assert await child.read() == b"HELLO\n"
    assert (child.returncode, await child.wait()) == (3, 3)


async def test_a_signal_ends_it_and_later_ones_change_nothing() -> None:
    child = await start([sys.executable, "-c", SLEEPS], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert await child.stdout.readline() == b"up\n"
    child.send_signal(signal.SIGTERM)
    assert await child.wait() == -signal.SIGTERM
    child.kill()
    child.send_signal(signal.SIGTERM)


async def test_who_waits_may_leave_and_wait_again() -> None:
    child = await start([sys.executable, "-c", SLEEPS])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await child.wait()
    child.kill()
    assert await child.wait() == -signal.SIGKILL


async def test_writing_to_one_that_has_ended_is_nobodys_fault() -> None:
    child = await start([sys.executable, "-c", "pass"], stdin=subprocess.PIPE)
    assert await child.wait() == 0
    child.write(b"anybody?\n")


async def test_one_whose_starter_leaves_meanwhile_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[ChildProcess] = []

    async def left(self: ChildProcess, limit: int) -> None:
        begun.append(self)
        raise asyncio.CancelledError

    monkeypatch.setattr(ChildProcess, "connect", left)
    with pytest.raises(asyncio.CancelledError):
        await start([sys.executable, "-c", SLEEPS])
    assert await begun[0].wait() == -signal.SIGKILL


async def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        await start(["/no/such/program"])


STARTS_WHILE_MLX_MULTIPLIES = """
    import asyncio, shutil, threading
    import uvloop
    from mlx_manager.mlx_server.engine import backend
    from mlx_manager.services.child_process import start

    ready, ended = threading.Event(), threading.Event()

    def multiply():
        backend.prepare()
        import mlx.core as mx
        one, other = mx.random.normal((512, 512)), mx.random.normal((512, 1536))
        while not ended.is_set():
            mx.eval(one @ other @ other.T)
            ready.set()

    async def main():
        thread = threading.Thread(target=multiply, daemon=True)
        thread.start()
        await asyncio.to_thread(ready.wait)
        for _ in range(100):
            assert await (await start([shutil.which("true")])).wait() == 0
        ended.set()
        await asyncio.to_thread(thread.join)
        print("done")

    uvloop.run(main())
"""


def test_one_starts_while_a_model_computes() -> None:
    """On a Linux CPU this hangs within the first few when uvloop starts them, with ``fork``."""
    program = textwrap.dedent(STARTS_WHILE_MLX_MULTIPLIES)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "done\n", done.stderr
