"""Column types and defaults that every table shares."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

ID_LENGTH = 32


class Row(SQLModel):
    """The base of every table. Constraints get names, so that later migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_id() -> str:
    """A fresh primary key: 32 hexadecimal digits that nobody can guess."""
    return uuid4().hex


def utc_now() -> datetime:
    """The present, with its time zone."""
    return datetime.now(UTC)


def id_type() -> String:
    """The column type of a primary or foreign key."""
    return String(ID_LENGTH)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in Python, UTC in SQLite, which knows no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class JsonOf(TypeDecorator[Any]):
    """A pydantic-typed value kept as JSON, validated again when it is read."""

    impl = JSON(none_as_null=True)
    cache_ok = False

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else self._adapter.validate_python(value)


def text_enum(kind: type[StrEnum]) -> Enum:
    """A string enumeration kept by its values, not by its Python names."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )
