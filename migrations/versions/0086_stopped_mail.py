"""Which kinds of mail a person stopped."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import owned, words
from organising.platform.schema import secure

revision = "0086_stopped_mail"
down_revision = "0085_public_names"


def upgrade() -> None:
    op.create_table(
        "stopped_mail",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        words("kind"),
        sa.UniqueConstraint("organisation_id", "user_id", "kind"),
    )
    secure(op, "stopped_mail", "owned")


def downgrade() -> None:
    op.drop_table("stopped_mail")
