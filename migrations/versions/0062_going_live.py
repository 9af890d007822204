"""Which organisations went live, and when they went back to practice."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, shared, words
from organising.platform.schema import secure

revision = "0062_going_live"
down_revision = "0067b_stakeholders"

STAFF = "organising_runtime"


def upgrade() -> None:
    op.create_table(
        "going_live",
        *shared(),
        instant("ended_at"),
        words("ended_label", nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_label IS NULL)", name="ended"),
    )
    op.create_index(
        "uq_going_live_open",
        "going_live",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # The public's page of a pledge asks whether it may take signatures.
    secure(op, "going_live", "shared", published="true")
    op.execute(f"REVOKE UPDATE, DELETE ON going_live FROM {STAFF}")
    op.execute(f"GRANT UPDATE (ended_at, ended_label) ON going_live TO {STAFF}")


def downgrade() -> None:
    op.drop_table("going_live")
