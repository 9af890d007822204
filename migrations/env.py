"""Alembic's entry: runs on the connection that organising.platform.migrations hands over, as the owner."""

from alembic import context

from organising.platform.ownership import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit(
        "run migrations with `organising migrate`, which connects as the owner and keeps the rules"
    )

context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
