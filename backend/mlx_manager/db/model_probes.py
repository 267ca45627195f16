"""The ``model_probes`` table: what was found when a model was last run to see what it can do."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from mlx_manager.db.columns import JsonOf, Row, UtcDateTime, utc_now
from mlx_manager.schemas.probe import ProbeCheck, ProbeSpeed


class ModelProbe(Row, table=True):
    """The last probe of a model. ``snapshot`` names the folder of files that it ran."""

    __tablename__ = "model_probes"

    model: str = Field(max_length=500, primary_key=True)
    snapshot: str = Field(max_length=255)
    works: bool
    problem: str | None = Field(default=None, max_length=2000)
    checks: list[ProbeCheck] = Field(sa_column=Column(JsonOf(list[ProbeCheck]), nullable=False))
    speed: ProbeSpeed = Field(sa_column=Column(JsonOf(ProbeSpeed), nullable=False))
    weights_bytes: int | None = None
    mlx_lm: str | None = Field(default=None, max_length=64)
    probed_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
