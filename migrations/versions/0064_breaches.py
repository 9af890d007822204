"""Breaches with their clock and sealed notes; partners that leave."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, owned, words
from organising.platform.schema import secure

revision = "0064_breaches"
down_revision = "0063_people_storage"

STAFF = "organising_runtime"


def upgrade() -> None:
    op.create_table(
        "breach",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        words("author_label"),
        sa.Column("what_cipher", sa.LargeBinary, nullable=False),
        instant("noticed_at", nullable=False),
        instant("window_from", nullable=False),
        instant("window_until", nullable=False),
        instant("reported_at"),
        instant("partners_told_at"),
        instant("people_told_at"),
        instant("closed_at"),
        sa.Column("outcome_cipher", sa.LargeBinary),
        sa.CheckConstraint("window_until >= window_from", name="window"),
        sa.CheckConstraint("closed_at IS NULL OR outcome_cipher IS NOT NULL", name="closed"),
    )
    op.create_index("ix_breach_organisation_id_noticed_at", "breach", ["organisation_id", "noticed_at"])
    secure(op, "breach", "owned")
    op.execute(f"REVOKE DELETE ON breach FROM {STAFF}")
    op.create_table(
        "breach_note",
        *owned(),
        sa.Column("breach_id", sa.Uuid, nullable=False),
        words("author_label"),
        sa.Column("body_cipher", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "breach_id"], ["breach.organisation_id", "breach.id"], ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_breach_note_organisation_id_breach_id", "breach_note", ["organisation_id", "breach_id"]
    )
    secure(op, "breach_note", "owned", write=False)
    op.create_table(
        "departure",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        words("author_label"),
        sa.Column("rows_handed", sa.Integer, nullable=False),
        words("digest"),
        instant("left_at"),
        sa.Column("rows_erased", sa.Integer),
        sa.CheckConstraint("(left_at IS NULL) = (rows_erased IS NULL)", name="left"),
        sa.CheckConstraint("char_length(digest) = 64", name="digest"),
    )
    secure(op, "departure", "owned")
    op.execute(f"REVOKE DELETE ON departure FROM {STAFF}")


def downgrade() -> None:
    for table in ("departure", "breach_note", "breach"):
        op.drop_table(table)
