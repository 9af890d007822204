"""Signatures taken out of the count together, with the reason, and put back together."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import secure

revision = "0047_invalidations"
down_revision = "0046_mail_left"


def upgrade() -> None:
    op.create_table(
        "pledge_invalidation",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("drive_id", sa.Uuid, sa.ForeignKey("pledge_drive.id"), nullable=False),
        sa.Column("author_label", sa.Text, nullable=False),
        sa.Column("reason_cipher", sa.LargeBinary, nullable=False),
        sa.Column("filter_cipher", sa.LargeBinary, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Text),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
    )
    op.create_index(
        "ix_pledge_invalidation_organisation_id_drive_id_created_at", "pledge_invalidation",
        ["organisation_id", "drive_id", "created_at"],
    )  # fmt: skip
    secure(op, "pledge_invalidation", "owned")
    op.add_column("pledge", sa.Column("invalidation_id", sa.Uuid))
    op.create_foreign_key(
        "fk_pledge_organisation_id_invalidation_id", "pledge", "pledge_invalidation",
        ["organisation_id", "invalidation_id"], ["organisation_id", "id"], ondelete="SET NULL (invalidation_id)",
    )  # fmt: skip
    op.create_index(
        "ix_pledge_organisation_id_invalidation_id", "pledge", ["organisation_id", "invalidation_id"]
    )


def downgrade() -> None:
    op.drop_column("pledge", "invalidation_id")
    op.drop_table("pledge_invalidation")
