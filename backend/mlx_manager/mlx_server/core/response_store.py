"""Where answers are kept so that a later request may continue them.

The manager brings SQLite; the inference app alone keeps them in memory. ``owner`` is always the
principal's scope: whoever asks for another's response is told that there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """One answer. ``body`` is the reply object as it was sent, ``input_items`` what its request
    added to the responses before it; both hold JSON values only."""

    body: Mapping[str, Any]
    input_items: Sequence[Mapping[str, Any]]

    @property
    def id(self) -> str:
        """``resp_...``, unique on this server."""
        return str(self.body["id"])

    @property
    def previous_id(self) -> str | None:
        """The response that this one continues."""
        previous = self.body.get("previous_response_id")
        return None if previous is None else str(previous)

    @property
    def status(self) -> str:
        """completed, incomplete, failed, cancelled, queued or in_progress."""
        return str(self.body["status"])


class ResponseStore(Protocol):
    """Responses by owner and id."""

    async def save(self, owner: str, stored: StoredResponse) -> None:
        """Keep a response, in the place of an earlier state of it."""
        ...

    async def get(self, owner: str, response_id: str) -> StoredResponse | None:
        """One response, or None when this owner has no such one."""
        ...

    async def lineage(self, owner: str, response_id: str) -> Sequence[StoredResponse]:
        """A response and all that it continues, oldest first; empty when there is no such one.

        The first names a ``previous_id`` when that one has been deleted.
        """
        ...

    async def delete(self, owner: str, response_id: str) -> bool:
        """Forget a response; False when this owner has no such one."""
        ...
