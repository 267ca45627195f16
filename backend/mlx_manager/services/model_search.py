"""MLX models at the hub, with what decides whether one wants them: size, fit, and if they run."""

import asyncio
from collections.abc import Callable

from mlx_manager.config import ManagerSettings
from mlx_manager.errors import ManagerError
from mlx_manager.mlx_server.models import architectures
from mlx_manager.schemas.model import HubModelReply, ModelQuery
from mlx_manager.services import model_facts
from mlx_manager.services.hf_api import HubApi, HubDetails, HubListing
from mlx_manager.services.inference import Inference

BYTES_PER_GB = 1_000_000_000
_MORE = 4
"""Times what is asked for, where some of it may be too large."""
MOST_ASKED = 100
_NOTHING = HubDetails(None, None)


class ModelSearch:
    """The organization of the settings is searched when no author is named."""

    def __init__(
        self,
        hub: HubApi,
        inference: Inference,
        is_downloading: Callable[[str], bool],
        settings: ManagerSettings,
    ) -> None:
        self._hub = hub
        self._inference = inference
        self._is_downloading = is_downloading
        self._organization = settings.hf_organization

    async def search(self, wanted: ModelQuery) -> list[HubModelReply]:
        """At most ``limit`` models, none larger than asked. Raises as ``HubApi.search`` does."""
        most = None if wanted.max_size_gb is None else wanted.max_size_gb * BYTES_PER_GB
        asked = wanted.limit if most is None else min(MOST_ASKED, wanted.limit * _MORE)
        author = wanted.author or self._organization
        found = await self._hub.search(wanted, author, asked)
        local = {model.id for model in await asyncio.to_thread(self._inference.models)}
        details = await asyncio.gather(*(self._details(info) for info in found))
        replies = [
            self._reply(info, each, wanted.context, info.id in local)
            for info, each in zip(found, details, strict=True)
        ]
        if most is not None:
            replies = [r for r in replies if r.size_bytes is not None and r.size_bytes <= most]
        return replies[: wanted.limit]

    async def _details(self, info: HubListing) -> HubDetails:
        """One model that the hub says nothing of must not hide the others."""
        try:
            return await self._hub.details(info.id, info.last_modified)
        except ManagerError:
            return _NOTHING

    def _reply(
        self, info: HubListing, details: HubDetails, context: int, is_local: bool
    ) -> HubModelReply:
        config = details.config
        budget = self._inference.status().memory_budget_bytes
        return HubModelReply(
            id=info.id,
            author=info.author,
            downloads=info.downloads,
            likes=info.likes,
            last_modified=info.last_modified,
            tags=info.tags,
            gated=bool(info.gated),
            size_bytes=details.used_storage,
            family=None if config is None else model_facts.family(config),
            quantization=None if config is None else model_facts.quantization(config),
            unsupported=None if config is None else architectures.unsupported(config),
            is_local=is_local,
            is_downloading=self._is_downloading(info.id),
            fit=model_facts.fit(details.used_storage, config, context, budget),
        )
