"""Where partners show the pledge on their own sites, and by which of its links a signature came."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import secure

revision = "0044_embeds"
down_revision = "0043_afterwards"


def upgrade() -> None:
    op.add_column("pledge", sa.Column("source", sa.Text))
    op.create_check_constraint("source", "pledge", "source ~ '^[a-z0-9][a-z0-9-]{0,39}$'")
    op.create_table(
        "embed_origin",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("author_label", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("origin", sa.Text, nullable=False),
        sa.UniqueConstraint("campaign_id", "organisation_id", "origin"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    )
    # The addresses of sites that anyone may visit: the frame's own headers name them.
    secure(op, "embed_origin", "shared", published="true")


def downgrade() -> None:
    op.drop_table("embed_origin")
    op.drop_column("pledge", "source")
