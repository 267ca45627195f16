"""How alembic runs here: on the connection and in the transaction that ``db.prepare`` opened."""

from alembic import context

from mlx_manager.db import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.METADATA,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
