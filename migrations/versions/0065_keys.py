"""Keys that change: all standing keys of an organisation are read, newest first; the look-up root outlives its installation key."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import define, secure

revision = "0065_keys"
down_revision = "0061_agreement"

EVERYBODY = "organising_runtime, organising_public"


def upgrade() -> None:
    define(
        op,
        "app.wrapped_keys(organisation uuid)",
        "SETOF bytea",
        "SELECT wrapped FROM organisation_key WHERE organisation_id = organisation AND destroyed_at IS NULL "
        "ORDER BY created_at DESC, id",
        grant=EVERYBODY,
    )
    op.create_table(
        "lookup_root",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("id = 1", name="one"),
        schema="vault",
    )
    secure(op, "vault.lookup_root", "aggregate")
    define(
        op,
        "app.wrapped_lookup_root()",
        "bytea",
        "SELECT wrapped FROM vault.lookup_root WHERE id = 1",
        grant=EVERYBODY,
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.wrapped_lookup_root()")
    op.drop_table("lookup_root", schema="vault")
    op.execute("DROP FUNCTION app.wrapped_keys(uuid)")
