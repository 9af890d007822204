"""What goes when: settings within limits, legal holds, and what went."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, owned, words
from organising.platform.schema import secure

revision = "0066_retention"
down_revision = "0064b_leaving"


def upgrade() -> None:
    op.create_table(
        "retention_setting",
        *owned(),
        words("rule"),
        sa.Column("days", sa.Integer, nullable=False),
        words("author_label"),
        sa.UniqueConstraint("organisation_id", "rule"),
        sa.CheckConstraint("days BETWEEN 1 AND 3660", name="days"),
    )
    op.create_table(
        "retention_hold",
        *owned(),
        words("rule", nullable=True),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("reason_cipher", sa.LargeBinary, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        words("author_label"),
        instant("released_at"),
        words("released_label", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        sa.CheckConstraint("(released_at IS NULL) = (released_label IS NULL)", name="released"),
    )
    op.create_index(
        "ix_retention_hold_organisation_id_contact_id", "retention_hold", ["organisation_id", "contact_id"]
    )
    op.create_table(
        "retention_run",
        *owned(),
        words("rule"),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.CheckConstraint("number > 0", name="number"),
    )
    op.create_index(
        "ix_retention_run_organisation_id_created_at", "retention_run", ["organisation_id", "created_at"]
    )
    secure(op, "retention_setting", "owned")
    secure(op, "retention_hold", "owned")
    # What went is a report: nobody rewrites it.
    secure(op, "retention_run", "owned", write=False)


def downgrade() -> None:
    for table in ("retention_run", "retention_hold", "retention_setting"):
        op.drop_table(table)
