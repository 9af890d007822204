"""A mailing's earlier texts, an organisation's templates, and how its letters are signed."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, owned, words
from organising.platform.schema import secure

revision = "0026_mailing_texts"
down_revision = "0025_sender_identities"


def upgrade() -> None:
    op.create_table(
        "mailing_version",
        *owned(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        words("subject"),
        words("body"),
        words("editor_label"),
        sa.Column("of_number", sa.Integer),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mailing_id"],
            ["mailing.organisation_id", "mailing.id"],
            name=op.f("fk_mailing_version_organisation_id_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "mailing_id", "number"),
    )
    # What was once written stays as it was.
    secure(op, "mailing_version", "owned", write=False)
    op.create_table(
        "mailing_template",
        *owned(),
        words("name"),
        words("subject"),
        words("body"),
        words("author_label"),
        instant("removed_at"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name"),
    )
    secure(op, "mailing_template", "owned")
    op.create_table(
        "mailing_signature",
        *owned(),
        words("text"),
        words("editor_label"),
        instant("updated_at", nullable=False),
        sa.CheckConstraint("char_length(text) <= 1000", name="text"),
        sa.UniqueConstraint("organisation_id"),
    )
    secure(op, "mailing_signature", "owned")


def downgrade() -> None:
    for table in ("mailing_signature", "mailing_template", "mailing_version"):
        op.drop_table(table)
