"""Whether a process that an earlier manager wrote down is still there, and ours to end. Pure.

Orphans are ended and not adopted: their streams ended with the manager that read them, their
secret died with it, and loading the model again is what a start does anyway. They are rare,
because a model's process ends with its parent (``mlx_server.utils.lifeline``).
"""

from enum import Enum

from mlx_manager.services.server_manager.process_facts import ProcessIdentity


class OrphanVerdict(Enum):
    """What to do about a record."""

    END = "end"
    FORGET = "forget"


def judge(recorded: ProcessIdentity, found: ProcessIdentity | None) -> OrphanVerdict:
    """``found`` is who has the recorded id now: nobody, the same process, or a stranger."""
    return OrphanVerdict.END if found == recorded else OrphanVerdict.FORGET
