"""Files that go with a mailing's letters: lent with it to whom it is shown."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import owned, words
from organising.platform.schema import secure

revision = "0030_attachments"
down_revision = "0029_corrections"

LENT_TO_ME = (
    "EXISTS (SELECT FROM mailing_reader r WHERE r.organisation_id = mailing_attachment.organisation_id "
    "AND r.mailing_id = mailing_attachment.mailing_id AND r.reader_id = (SELECT app.org()))"
)


def upgrade() -> None:
    op.create_table(
        "mailing_attachment",
        *owned(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        words("name"),
        words("kind"),
        words("digest"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mailing_id"],
            ["mailing.organisation_id", "mailing.id"],
            name=op.f("fk_mailing_attachment_organisation_id_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("kind IN ('application/pdf', 'image/png', 'image/jpeg')", name="kind"),
        sa.CheckConstraint("octet_length(content) BETWEEN 1 AND 2097152", name="size"),
        sa.UniqueConstraint("organisation_id", "mailing_id", "digest"),
    )
    secure(op, "mailing_attachment", "lent", readers=LENT_TO_ME)


def downgrade() -> None:
    op.drop_table("mailing_attachment")
