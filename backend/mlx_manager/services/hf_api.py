"""Asking the hub: search, sizes, configurations, cards. Nothing here downloads weights.

Requests go through the hub client's own session, headers and errors, each once and with a time
limit: a person waits for the answer, and a clear refusal now is better than five retries.
Routes: https://huggingface.co/docs/hub/api.
"""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from mlx_manager.errors import (
    HubBusy,
    HubFailed,
    HubGated,
    HubNotFound,
    HubSlow,
    ManagerError,
    OfflineMode,
)
from mlx_manager.schemas.model import ModelQuery
from mlx_manager.services.hf_client.messages import Fault
from mlx_manager.services.hub_access import HubAccess

Result = TypeVar("Result")

REQUEST_SECONDS = 10.0
AT_ONCE = 8
DETAILS_KEPT_SECONDS = 3600.0
MOST_DETAILS = 4096
_LARGEST_TEXT = 2_000_000

OFFLINE = (
    "MLX Manager is in offline mode and asks the hub nothing; unset MLX_MANAGER_OFFLINE_MODE and "
    "start it again."
)


class HubListing(BaseModel):
    """One line of a search."""

    id: str
    author: str | None = None
    downloads: int = 0
    likes: int = 0
    last_modified: datetime | None = Field(default=None, alias="lastModified")
    tags: list[str] = []
    gated: bool | str = False


@dataclass(frozen=True, slots=True)
class HubDetails:
    """What a search does not tell: ``used_storage`` in bytes, and ``config.json``."""

    used_storage: int | None
    config: Mapping[str, Any] | None


class HubApi:
    """The hub of ``access``; ``offline`` asks it nothing."""

    def __init__(self, access: HubAccess, offline: bool) -> None:
        self._access = access
        self._offline = offline
        self._places = asyncio.Semaphore(AT_ONCE)
        self._details: dict[tuple[str, object], tuple[float, HubDetails]] = {}
        self._details_for: str | None = None

    async def search(
        self, wanted: ModelQuery, author: str | None, limit: int
    ) -> Sequence[HubListing]:
        """MLX models, the most first. Raises ``OfflineMode`` and the ``Hub...`` errors."""
        params: dict[str, Any] = {"filter": "mlx", "sort": wanted.sort}
        params |= {"limit": limit, "full": "true"}
        params |= {"search": wanted.query} if wanted.query else {}
        params |= {"author": author} if author else {}
        return await self._call(lambda: self._ask_list(params), "")

    async def details(self, model: str, state: object = None) -> HubDetails:
        """Size and configuration, remembered for an hour as long as ``state`` is the same."""
        now = time.monotonic()
        if (token := self._access.token()) != self._details_for:
            # Another token may be shown more, and less.
            self._details.clear()
            self._details_for = token
        found = self._details.get((model, state))
        if found is not None and found[0] > now:
            return found[1]
        details = await self._call(lambda: self._ask_details(model), model)
        if len(self._details) >= MOST_DETAILS:
            self._details.clear()
        self._details[model, state] = (now + DETAILS_KEPT_SECONDS, details)
        return details

    async def text(self, model: str, name: str) -> str | None:
        """A small text file of the model's ``main``; None where it has no such file."""
        return await self._call(lambda: self._ask_text(model, name), model)

    async def _call(self, work: Callable[[], Result], model: str) -> Result:
        if self._offline:
            raise OfflineMode(OFFLINE)
        async with self._places:
            try:
                async with asyncio.timeout(2 * REQUEST_SECONDS):
                    return await in_daemon_thread(work)
            except TimeoutError as error:
                raise HubSlow("The hub did not answer in time; try again later.") from error
            except Exception as error:
                from mlx_manager.services.hf_client.faults import fault_of  # noqa: PLC0415

                raise _as_ours(fault_of(error, model)) from error

    def _ask_list(self, params: Mapping[str, Any]) -> list[HubListing]:
        entries = self._get("/api/models", params).json()
        return [HubListing.model_validate(entry) for entry in entries]

    def _ask_details(self, model: str) -> HubDetails:
        from huggingface_hub.errors import GatedRepoError  # noqa: PLC0415

        info = self._get(f"/api/models/{model}", {"expand": ["usedStorage"]}).json()
        used = info.get("usedStorage")
        try:
            config = json.loads(self._ask_text(model, "config.json") or "null")
        except (GatedRepoError, ValueError):
            config = None
        return HubDetails(
            used_storage=used if isinstance(used, int) else None,
            config=config if isinstance(config, dict) else None,
        )

    def _ask_text(self, model: str, name: str) -> str | None:
        from huggingface_hub.errors import (  # noqa: PLC0415
            FileMetadataError,
            RemoteEntryNotFoundError,
        )

        try:
            reply = self._get(f"/{model}/resolve/main/{name}", {})
        except RemoteEntryNotFoundError:
            return None
        first = reply.history[0] if reply.history else reply
        if "x-repo-commit" not in first.headers:
            raise FileMetadataError("A reply without the commit is not the hub's.")
        return str(reply.text)[:_LARGEST_TEXT]

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        from huggingface_hub import constants  # noqa: PLC0415
        from huggingface_hub.utils import (  # type: ignore[attr-defined]  # noqa: PLC0415
            build_hf_headers,
            get_session,
            hf_raise_for_status,
        )

        reply = get_session().get(
            (self._access.endpoint or constants.ENDPOINT) + path,
            params=dict(params),
            headers=build_hf_headers(token=self._access.token()),
            timeout=REQUEST_SECONDS,
        )
        hf_raise_for_status(reply)
        return reply


def _as_ours(fault: Fault) -> ManagerError:
    if fault.code == "offline":
        return OfflineMode(fault.message)
    kinds: dict[str, type[ManagerError]] = {
        "hub_gated": HubGated,
        "hub_not_found": HubNotFound,
        "hub_rate_limited": HubBusy,
        "hub_slow": HubSlow,
    }
    kind = kinds.get(fault.code)
    return HubFailed(fault.message, fault.code) if kind is None else kind(fault.message)


async def in_daemon_thread(work: Callable[[], Result]) -> Result:
    """Run ``work`` where it holds nobody up: not the loop, and not the end of the process."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: Result | None = None
        failure: Exception | None = None
        try:
            result = work()
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, daemon=True, name="hub").start()
    return await future
