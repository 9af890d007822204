"""Whom the last removal took out of a draft, to put them back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import owned
from organising.platform.schema import secure

revision = "0035_removals"
down_revision = "0034_witnessed"


def upgrade() -> None:
    op.create_table(
        "mailing_removal",
        *owned(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        sa.Column("choices", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mailing_id"],
            ["mailing.organisation_id", "mailing.id"],
            name=op.f("fk_mailing_removal_organisation_id_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "mailing_id"),
    )
    secure(op, "mailing_removal", "owned")


def downgrade() -> None:
    op.drop_table("mailing_removal")
