"""The data agreement: versions of the lead's, each partner's yes; and the log of what was taken out under which clause."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import one_of, owned, shared, words
from organising.platform.schema import restrict, secure

revision = "0061_agreement"
down_revision = "0054_audit_seals"

KINDS = ("contacts", "signers", "audit", "shared", "totals", "leaving")


def upgrade() -> None:
    op.create_table(
        "agreement_version",
        *shared(),
        sa.Column("number", sa.Integer, nullable=False),
        words("name"),
        words("note"),
        sa.Column("terms", JSONB, nullable=False),
        sa.UniqueConstraint("campaign_id", "number"),
        sa.CheckConstraint("number > 1", name="number"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name"),
        sa.CheckConstraint("char_length(note) BETWEEN 1 AND 1000", name="note"),
    )
    # What is published about the agreement is read without an account.
    secure(op, "agreement_version", "shared", write=False, published="true")
    lead = (
        "EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = agreement_version.campaign_id "
        "AND m.organisation_id = agreement_version.organisation_id AND m.coalition_status = 'lead')"
    )
    restrict(op, "agreement_version", "lead", "INSERT", lead)
    op.create_table(
        "agreement_acceptance",
        *shared(),
        sa.Column("version", sa.Integer, nullable=False),
        words("name"),
        words("digest"),
        sa.UniqueConstraint("campaign_id", "organisation_id", "version"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("char_length(digest) = 64", name="digest"),
    )
    secure(op, "agreement_acceptance", "shared", write=False)
    op.create_table(
        "export_record",
        *owned(),
        sa.Column("user_id", sa.Uuid),
        words("kind"),
        words("what"),
        sa.Column("row_count", sa.Integer, nullable=False),
        words("reason"),
        words("clause"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_accepted", sa.Boolean, nullable=False),
        one_of("kind", KINDS),
        sa.CheckConstraint("row_count >= 0", name="row_count"),
        sa.CheckConstraint("clause ~ '^[0-9]+[.][0-9]+$'", name="clause"),
    )
    op.create_index(
        "ix_export_record_organisation_id_created_at_id",
        "export_record",
        ["organisation_id", "created_at", "id"],
    )
    secure(op, "export_record", "owned", write=False)


def downgrade() -> None:
    for table in ("export_record", "agreement_acceptance", "agreement_version"):
        op.drop_table(table)
