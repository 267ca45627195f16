"""The ``routing_rules`` table: which requests leave this machine, and for where."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from mlx_manager.db.columns import JsonOf, Row, UtcDateTime, id_type, new_id, text_enum, utc_now
from mlx_manager.schemas.routing import RoutingWhen, Target


class RoutingRule(Row, table=True):
    """One rule; the one with the lowest ``position`` that fits a request decides."""

    __tablename__ = "routing_rules"

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    position: int
    name: str = Field(max_length=100)
    is_enabled: bool = True
    model: str = Field(max_length=500)
    when: RoutingWhen = Field(sa_column=Column(text_enum(RoutingWhen), nullable=False))
    user_ids: list[str] | None = Field(
        default=None, sa_column=Column(JsonOf(list[str]), nullable=True)
    )
    key_ids: list[str] | None = Field(
        default=None, sa_column=Column(JsonOf(list[str]), nullable=True)
    )
    prompt_tokens_from: int | None = None
    prompt_tokens_below: int | None = None
    waiting_from: int | None = None
    targets: list[Target] = Field(sa_column=Column(JsonOf(list[Target]), nullable=False))
    then_here: bool = False
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
