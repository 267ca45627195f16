"""Sums that make long periods quick to read, sealed secrets, and probes of models."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_SUMMED = (
    "requests",
    "failed",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "duration_ms",
)
_SUMS = ", ".join(f"sum({name})" for name in _SUMMED)
_SPAN_DAYS = (6, 36)
_FIRST_OF_1970 = 719_163
"""1970-01-01 in days since 0001-01-01, the first of which is 1."""

# A span's first day: the days since 0001-01-01 (julianday begins at noon), cut to the length.
_SPAN_START = (
    "date('1970-01-01', ((CAST(julianday(day) - 2440587.5 AS INTEGER) + {first}) / {days} * {days}"
    " - {first}) || ' days')"
)


def upgrade() -> None:
    """Create the tables, and count what there is."""
    _create_usage_spans()
    _create_usage_days()
    _create_audit_hours()
    _create_kept_secrets()
    _create_model_probes()
    for column in ("user_id", "key_id", "model"):
        name = f"ix_audit_logs_{column}"
        op.drop_index(name, "audit_logs")
        op.create_index(name, "audit_logs", [column, "id", "status", "area"])
    op.create_index("ix_usage_daily_key_id_day", "usage_daily", ["key_id", "day"])
    for days in _SPAN_DAYS:
        start = _SPAN_START.format(first=_FIRST_OF_1970, days=days)
        op.execute(
            f"INSERT INTO usage_spans SELECT {days}, {start}, user_id, key_id, model, {_SUMS} "
            "FROM usage_daily GROUP BY 2, 3, 4, 5"
        )
    for who, order in (("user_id", "GROUP BY user_id, day, model"), ("'*'", "GROUP BY day, model")):
        op.execute(
            f"INSERT INTO usage_days SELECT {who}, day, model, {_SUMS} FROM usage_daily {order}"
        )
    op.execute(
        "INSERT INTO audit_hours SELECT id / 3600000000, area, status, count(*) "
        "FROM audit_logs GROUP BY 1, 2, 3"
    )


def _sums() -> list[sa.Column[object]]:
    kinds = {"duration_ms": sa.Float()}
    return [sa.Column(name, kinds.get(name, sa.Integer()), nullable=False) for name in _SUMMED]


def _create_usage_spans() -> None:
    op.create_table(
        "usage_spans",
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("model", sa.String(500), nullable=False),
        *_sums(),
        sa.PrimaryKeyConstraint(
            "days", "start", "user_id", "key_id", "model", name="pk_usage_spans"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_usage_spans_user_id_days_start", "usage_spans", ["user_id", "days", "start"]
    )


def _create_usage_days() -> None:
    op.create_table(
        "usage_days",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(500), nullable=False),
        *_sums(),
        sa.PrimaryKeyConstraint("user_id", "day", "model", name="pk_usage_days"),
        sqlite_with_rowid=False,
    )


def _create_audit_hours() -> None:
    op.create_table(
        "audit_hours",
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(8), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "area", "status", name="pk_audit_hours"),
        sqlite_with_rowid=False,
    )


def _create_kept_secrets() -> None:
    op.create_table(
        "kept_secrets",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_kept_secrets"),
    )


def _create_model_probes() -> None:
    op.create_table(
        "model_probes",
        sa.Column("model", sa.String(500), nullable=False),
        sa.Column("snapshot", sa.String(255), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(2000), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("speed", sa.JSON(), nullable=False),
        sa.Column("weights_bytes", sa.Integer(), nullable=True),
        sa.Column("mlx_lm", sa.String(64), nullable=True),
        sa.Column("probed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("model", name="pk_model_probes"),
    )
