"""The models on this machine: what they are, what is wrong with them, and their end."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.db.messages import Message
from mlx_manager.db.model_probes import ModelProbe
from mlx_manager.errors import ManagerError, ModelInUse, NotFound
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.mlx_server.errors import InferenceError, InvalidModel, ModelNotFound
from mlx_manager.mlx_server.models import architectures
from mlx_manager.mlx_server.models.catalog import ModelInfo
from mlx_manager.mlx_server.models.files import read_config
from mlx_manager.schemas.model import (
    DEFAULT_CONTEXT,
    LocalModelReply,
    ModelCapabilities,
    ModelCapabilitiesReply,
    ModelCardReply,
    ModelConfigReply,
)
from mlx_manager.services import model_facts
from mlx_manager.services.hf_api import HubApi
from mlx_manager.services.hf_client.cache_folder import CacheFolder
from mlx_manager.services.inference import Inference
from mlx_manager.services.model_needs import ModelNeeds
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.probe_service import kept_probes, probe_reply

_METADATA = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_ANY_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class ModelService:
    """Reads the disk at each call, through the inference app's own index."""

    def __init__(
        self,
        database: Database,
        settings: ManagerSettings,
        inference: Inference,
        hub: HubApi,
        needs: ModelNeeds,
    ) -> None:
        self._database = database
        self._cache = settings.hf_cache_path
        self._inference = inference
        self._hub = hub
        self._needs = needs

    async def list_local(
        self, limit: int, after: Cursor | None, context: int
    ) -> Slice[LocalModelReply]:
        """The models on this machine, by name."""
        used = await self._last_used()
        infos = await asyncio.to_thread(self._inference.models)
        wanted = sorted(
            (info for info in infos if after is None or info.id > after.id), key=lambda i: i.id
        )[: limit + 1]
        budget = self._inference.status().memory_budget_bytes
        probes = await kept_probes(self._database, [info.id for info in wanted])
        rows = await asyncio.to_thread(
            lambda: [
                _local(info, used.get(info.id), context, budget, probes.get(info.id))
                for info in wanted
            ]
        )
        return take_slice(rows, limit, lambda row: Cursor(_ANY_MOMENT, row.id))

    async def config(self, model: str) -> ModelConfigReply:
        """``config.json``, of this machine or else of the hub.

        Raises ``NotFound``, and what ``HubApi`` raises.
        """
        info = await self._find(model)
        if info is not None:
            try:
                local = await asyncio.to_thread(read_config, info.path)
            except InvalidModel as error:
                raise NotFound(error.message) from error
            return ModelConfigReply(id=model, source="local", config=local)
        config = (await self._hub.details(model)).config
        if config is None:
            raise NotFound(f"{model} has no config.json at the hub that can be read.")
        return ModelConfigReply(id=model, source="hub", config=dict(config))

    async def capabilities(self, model: str) -> ModelCapabilitiesReply:
        """What a model on this machine can do. Raises ``NotFound``."""
        info = await self._find(model)
        if info is None:
            raise NotFound(f"There is no model {model!r} on this machine; download it first.")
        row = await asyncio.to_thread(_local, info, None, DEFAULT_CONTEXT, 0, None)
        return ModelCapabilitiesReply(id=model, capabilities=row.capabilities, problem=row.problem)

    async def card(self, model: str) -> ModelCardReply:
        """The model's README, of this machine or else of the hub. Raises as ``HubApi`` does."""
        info = await self._find(model)
        readme = None if info is None else await asyncio.to_thread(_read, info.path / "README.md")
        here = ModelCardReply(id=model, source="local", markdown=_without_metadata(readme))
        if readme is not None or model == GUIDE_MODEL_ID:
            return here
        try:
            text = await self._hub.text(model, "README.md")
        except ManagerError:
            if info is None:
                raise
            return here  # a model of this machine needs no hub to be shown
        return ModelCardReply(id=model, source="hub", markdown=_without_metadata(text))

    async def delete(self, model: str) -> None:
        """Remove a model from the cache. Raises ``NotFound``, or ``ModelInUse`` saying by what."""
        if model == GUIDE_MODEL_ID:
            raise ModelInUse(f"{model} is built in; it takes no place in the cache.")
        await self._needs.check_free(model)
        folder = CacheFolder(self._cache, model)
        if await self._find(model) is None or not folder.path.is_dir():
            raise NotFound(f"There is no model {model!r} on this machine.")
        try:
            await self._inference.unload(ModelId(model))
        except ModelNotFound:
            pass  # on the disk alone
        except InferenceError as error:
            raise ModelInUse(error.message) from error
        await asyncio.to_thread(folder.delete)

    async def _find(self, model: str) -> ModelInfo | None:
        infos = await asyncio.to_thread(self._inference.models)
        return next((info for info in infos if info.id == model), None)

    async def _last_used(self) -> dict[str, datetime]:
        """By model: of this server's life, or of a conversation, whichever is later."""
        query = select(col(Message.model), func.max(col(Message.created_at))).where(
            col(Message.model).is_not(None)
        )
        async with self._database.reading() as session:
            rows = (await session.exec(query.group_by(col(Message.model)))).all()
        used = {str(model): moment for model, moment in rows}
        for resident in self._inference.status().models:
            moment = datetime.fromtimestamp(resident.last_used_at, UTC)
            used[resident.id] = max(moment, used.get(resident.id, moment))
        return used


def _local(
    info: ModelInfo,
    last_used: datetime | None,
    context: int,
    budget: int,
    probe: ModelProbe | None,
) -> LocalModelReply:
    config = _config(info.path)
    weights = info.weights_bytes if info.problem is None else None
    return LocalModelReply(
        id=info.id,
        family=model_facts.family(config),
        quantization=model_facts.quantization(config),
        dtype=model_facts.dtype(config),
        size_bytes=_bytes_in(info.path),
        context_length=info.context_length,
        built_in=info.id == GUIDE_MODEL_ID,
        loaded=info.loaded,
        created_at=datetime.fromtimestamp(info.created, UTC) if info.created else None,
        last_used_at=last_used,
        capabilities=(
            ModelCapabilities.model_validate(info.capabilities.to_json())
            if info.capabilities is not None
            else None
        ),
        problem=info.problem or architectures.unsupported(config),
        probe=None if probe is None else probe_reply(probe, info),
        fit=model_facts.fit(weights, config, context, budget),
    )


def _config(folder: Path) -> dict[str, Any]:
    try:
        return read_config(folder)
    except InvalidModel:
        return {}


def _bytes_in(folder: Path) -> int:
    """What the files take, behind their links."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _without_metadata(readme: str | None) -> str | None:
    return None if readme is None else _METADATA.sub("", readme.replace("\r\n", "\n")).strip()
