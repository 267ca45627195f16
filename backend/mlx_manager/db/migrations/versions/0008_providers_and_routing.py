"""Other servers that may answer, rules for which requests, and who must stay on this machine."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create ``providers`` and ``routing_rules``; add ``local_only`` to users and keys, and
    ``place`` to audit rows."""
    op.create_table(
        "providers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("base_url", sa.String(500), nullable=False),
        sa.Column("sealed_key", sa.String(8000), nullable=True),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("connect_seconds", sa.Float(), nullable=False),
        sa.Column("first_seconds", sa.Float(), nullable=False),
        sa.Column("stall_seconds", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_providers"),
        sa.UniqueConstraint("name", name="uq_providers_name"),
    )
    op.create_index("ix_providers_created_at", "providers", ["created_at"])
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(500), nullable=False),
        sa.Column("when", sa.String(16), nullable=False),
        sa.Column("user_ids", sa.JSON(), nullable=True),
        sa.Column("key_ids", sa.JSON(), nullable=True),
        sa.Column("prompt_tokens_from", sa.Integer(), nullable=True),
        sa.Column("prompt_tokens_below", sa.Integer(), nullable=True),
        sa.Column("waiting_from", sa.Integer(), nullable=True),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("then_here", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rules"),
    )
    for table in ("users", "api_keys"):
        op.add_column(
            table,
            sa.Column("local_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.add_column("audit_logs", sa.Column("place", sa.String(64), nullable=True))
