"""Probes: a model of this machine is run, and what it could do is kept."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.metadata import PackageNotFoundError, version

from sqlmodel import col, select

from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.model_probes import ModelProbe
from mlx_manager.db.users import User
from mlx_manager.errors import NotFound
from mlx_manager.mlx_server.models.catalog import ModelInfo
from mlx_manager.schemas.probe import ProbeCheckEvent, ProbeDoneEvent, ProbeEvent, ProbeReply
from mlx_manager.services.inference import Inference
from mlx_manager.services.probe_run import ProbeRun
from mlx_manager.services.v1_authenticator import user_principal


class ProbeService:
    """One probe runs at a time, so that each measures a machine that does nothing else for us."""

    def __init__(self, database: Database, inference: Inference) -> None:
        self._database = database
        self._inference = inference
        self._turn = asyncio.Lock()

    async def begin(
        self, user: User, model: str, request_id: str
    ) -> AsyncGenerator[ProbeEvent, None]:
        """The events of a probe, which runs as they are read. Raises ``NotFound``."""
        infos = await asyncio.to_thread(self._inference.models)
        info = next((each for each in infos if each.id == model), None)
        if info is None:
            raise NotFound(f"There is no model {model!r} on this machine; download it first.")
        return self._events(user, info, request_id)

    async def _events(
        self, user: User, info: ModelInfo, request_id: str
    ) -> AsyncGenerator[ProbeEvent, None]:
        run = ProbeRun(self._inference, info, user_principal(user))
        async with self._turn, aclosing(run.carry_out(request_id)) as checks:
            async for check in checks:
                yield ProbeCheckEvent(check=check)
            row = await self._keep(info, run)
        yield ProbeDoneEvent(probe=probe_reply(row, info))

    async def _keep(self, info: ModelInfo, run: ProbeRun) -> ModelProbe:
        row = ModelProbe(
            model=info.id,
            snapshot=info.path.name,
            works=run.works,
            problem=None if run.works else run.checks[0].detail[:2000],
            checks=run.checks,
            speed=run.speed,
            weights_bytes=run.weights_bytes,
            mlx_lm=_version_of_mlx_lm(),
            probed_at=utc_now(),
        )
        async with self._database.writing() as session:
            await session.merge(row)
        return row


async def kept_probes(database: Database, models: list[str]) -> dict[str, ModelProbe]:
    """The last probe of each of these models that has had one."""
    async with database.reading() as session:
        rows = await session.exec(select(ModelProbe).where(col(ModelProbe.model).in_(models)))
        return {row.model: row for row in rows}


def probe_reply(row: ModelProbe, info: ModelInfo) -> ProbeReply:
    """A probe as it is shown beside the model it was of."""
    return ProbeReply(
        works=row.works,
        problem=row.problem,
        checks=row.checks,
        speed=row.speed,
        weights_bytes=row.weights_bytes,
        mlx_lm=row.mlx_lm,
        probed_at=row.probed_at,
        is_current=row.snapshot == info.path.name,
    )


def _version_of_mlx_lm() -> str | None:
    try:
        return version("mlx-lm")
    except PackageNotFoundError:
        return None
