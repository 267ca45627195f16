"""The JSON Schema that a reply was to follow, so that it can be held against it later."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Extend ``messages``; of earlier replies nobody knows."""
    op.add_column("messages", sa.Column("json_schema", sa.JSON(), nullable=True))
