"""Profiles: names that clients call, and what stands behind them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create ``server_profiles``."""
    op.create_table(
        "server_profiles",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("model", sa.String(500), nullable=False),
        sa.Column("adapter", sa.String(1000), nullable=True),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.Column("placement", sa.String(16), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("start_with_server", sa.Boolean(), nullable=False),
        sa.Column("idle_seconds", sa.Float(), nullable=True),
        sa.Column("log_level", sa.String(8), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_server_profiles"),
        sa.UniqueConstraint("name", name="uq_server_profiles_name"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_server_profiles_user_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_server_profiles_model", "server_profiles", ["model"])
    op.create_index("ix_server_profiles_created_at", "server_profiles", ["created_at"])
