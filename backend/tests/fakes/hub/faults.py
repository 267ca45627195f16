"""How the stand-in misbehaves, on command."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["status", "garbage", "cut", "hold", "slow", "corrupt"]


@dataclass
class Fault:
    """What happens to requests whose path contains ``path`` (and whose method is ``method``).

    ``status``: an error reply. ``garbage``: a page instead, with status 200, as from a captive
    portal. The others touch a file's bytes: ``cut`` closes the connection after ``after_bytes``,
    ``hold`` waits there until the fault is lifted, ``slow`` sends ``bytes_per_second``,
    ``corrupt`` sends other bytes of the same length. ``times`` None is for ever.
    """

    kind: Kind
    path: str = ""
    method: str | None = None
    times: int | None = None
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    after_bytes: int = 0
    bytes_per_second: int = 100_000
    lifted: asyncio.Event = field(default_factory=asyncio.Event)

    def takes(self, method: str, path: str) -> bool:
        """Whether it strikes this request; each strike is counted."""
        if self.path not in path or self.method not in (None, method) or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The faults in force; the first that takes a request has it."""

    def __init__(self) -> None:
        self._list: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._list.append(fault)
        return fault

    def lift(self) -> None:
        """End them all; what is held goes on."""
        for fault in self._list:
            fault.lifted.set()
        self._list.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        return next((fault for fault in self._list if fault.takes(method, path)), None)
