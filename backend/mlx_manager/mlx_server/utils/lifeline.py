"""A process that ends with its parent, also when that is killed and can tell nobody.

Two ways, because neither is enough alone. The pipe on standard input ends with its last writer,
on every system, but somebody must be there to read it: a stopped process, or one whose
interpreter hangs, is not. Linux has a signal for it (PR_SET_PDEATHSIG, prctl(2)), which needs
nobody.
"""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
FAREWELL_SECONDS = 3.0
"""What ending in order may take; its streams' readers died with the parent."""

_STANDARD_INPUT = 0
_LONGEST_SECRET = 4096


class ParentGoneError(Exception):
    """The parent died before its child was tied to it, or said no secret."""


def tie_to(parent_pid: int) -> str:
    """End when the process ``parent_pid`` does, from now on; the secret it wrote as the first
    line of our standard input.

    Raises ``ParentGoneError`` when it is not, or is no longer, our parent.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # after the call above, else it could die in between
        raise ParentGoneError(f"the process {parent_pid} is not the parent of this one")
    secret = _read_line()
    threading.Thread(target=_end_with_input, name="lifeline", daemon=True).start()
    return secret


def _read_line() -> str:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(_STANDARD_INPUT, 1)  # one by one: what follows the line is not ours
        if not byte or len(line) > _LONGEST_SECRET:
            raise ParentGoneError("the parent wrote no secret")
        line += byte
    return line.decode().strip()


def _end_with_input() -> None:
    while os.read(_STANDARD_INPUT, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(FAREWELL_SECONDS)
    os._exit(1)
