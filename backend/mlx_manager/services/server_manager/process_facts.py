"""What the system tells of a process, by its id."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_BOOT_ID = PROC / "sys" / "kernel" / "random" / "boot_id"


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of all that ever had this id: ``started`` is the system's own word for when,
    to be compared and not read."""

    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """Processor time since its start, all threads together, and resident memory."""

    cpu_seconds: float
    memory_bytes: int


def identity_of(pid: int) -> ProcessIdentity | None:
    """The process that has this id now; None when there is none, or only its exit status."""
    found = _proc_stat(pid) if PROC.joinpath("self").exists() else _ps(pid, "stat=,lstart=")
    if not found or found[0].startswith("Z"):
        return None
    if not PROC.joinpath("self").exists():
        return ProcessIdentity(pid, " ".join(found[1:]))
    # Ticks since the system started, which begin anew with it.
    return ProcessIdentity(pid, f"{_BOOT_ID.read_text().strip()} {found[19]}")


def usage_of(pid: int) -> ProcessUsage | None:
    """What a process has used; None when there is none. Where the system has no /proc this asks
    ps, which takes some milliseconds: call it in a thread."""
    if not PROC.joinpath("self").exists():
        found = _ps(pid, "time=,rss=")
        return ProcessUsage(_seconds(found[0]), int(found[1]) * 1024) if found else None
    fields = _proc_stat(pid)
    if not fields or fields[0] == "Z":
        return None
    ticks = int(fields[11]) + int(fields[12])
    pages = int(fields[21])
    return ProcessUsage(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))


def send_signal(identity: ProcessIdentity, number: signal.Signals) -> bool:
    """Signal exactly this process, and never another that has its id by now; whether it was
    there."""
    try:
        # On Linux a descriptor stays with the process that we look at, whoever gets its id.
        descriptor = os.pidfd_open(identity.pid) if sys.platform == "linux" else None
    except OSError:
        return False
    try:
        if identity_of(identity.pid) != identity:
            return False
        if descriptor is None:
            os.kill(identity.pid, number)
        else:
            signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        if descriptor is not None:
            os.close(descriptor)
    return True


def _proc_stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on (proc_pid_stat(5)): state is 0, user and
    system ticks are 11 and 12, the start is 19, resident pages are 21."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()  # a name may have spaces and brackets


def _ps(pid: int, columns: str) -> list[str]:
    asked = ["ps", "-o", columns, "-p", str(pid)]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.split()


def _seconds(text: str) -> float:
    """``[[DD-]HH:]MM:SS[.ss]`` as ps writes it."""
    days, _, clock = text.rpartition("-")
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part)
    return total + int(days or 0) * 86400
