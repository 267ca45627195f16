"""The ``audit_hours`` table: how many requests an hour had, by area and status."""

from sqlmodel import Field

from mlx_manager.db.columns import Row


class AuditHour(Row, table=True):
    """The rows of ``audit_logs`` that were written within one hour, counted.

    ``hour`` is in hours since 1970 (UTC). Written with those rows, and deleted after them.
    """

    __tablename__ = "audit_hours"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hour: int = Field(primary_key=True)
    area: str = Field(max_length=8, primary_key=True)
    status: int = Field(primary_key=True)
    requests: int = 0
