"""The reply beside the one that is shown, while the two are compared."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Extend ``conversations``; nothing is compared so far."""
    op.add_column("conversations", sa.Column("beside_leaf_id", sa.String(32), nullable=True))
