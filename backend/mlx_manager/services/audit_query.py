"""From a filter to what the rows of the audit fulfil that it means."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, literal_column
from sqlmodel import col

from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.errors import BadCursor
from mlx_manager.schemas.audit import AuditFilter, AuditReply
from mlx_manager.services.paging import Cursor

EPOCH = datetime.fromtimestamp(0, UTC)
HOUR_US = 3_600_000_000
_MOST_DIGITS = 17


def id_at(moment: datetime) -> int:
    """The id of a row that was written at this moment."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(row_id: int) -> datetime:
    """When the row was written."""
    return EPOCH + timedelta(microseconds=row_id)


def conditions(wanted: AuditFilter, after: Cursor | None = None) -> list[ColumnElement[bool]]:
    """What every row fulfils that is meant and, the newest first, comes after that place.

    Raises ``BadCursor``.
    """
    found: list[ColumnElement[bool]] = [
        col(getattr(AuditLog, name)) == value
        for name in ("user_id", "key_id", "model", "request_id")
        if (value := getattr(wanted, name)) is not None
    ]
    # In so many words, because SQLite must see that its partial indexes are enough.
    if wanted.area is not None:
        found.append(
            col(AuditLog.area) == literal_column("'api'" if wanted.area == "api" else "'v1'")
        )
    if wanted.failed is not None:
        border: ColumnElement[int] = literal_column("400")
        status = col(AuditLog.status)
        found.append(status >= border if wanted.failed else status < border)
    if wanted.since is not None:
        found.append(col(AuditLog.id) >= id_at(wanted.since))
    if wanted.until is not None:
        found.append(col(AuditLog.id) < id_at(wanted.until))
    if after is not None:
        found.append(col(AuditLog.id) < row_id(after))
    return found


def cursor_of(row: AuditReply) -> Cursor:
    """The place after a row."""
    return Cursor(row.started_at, str(row.id))


def row_id(cursor: Cursor) -> int:
    """The row that a cursor names. Raises ``BadCursor``."""
    if not (cursor.id.isdecimal() and cursor.id.isascii() and len(cursor.id) <= _MOST_DIGITS):
        raise BadCursor("This cursor is not one of ours; start the list again without it.")
    return int(cursor.id)
