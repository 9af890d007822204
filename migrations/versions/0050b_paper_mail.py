"""Who left an email address on paper gets one mail to confirm by; a row that is given back remembers that it went."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant

revision = "0050b_paper_mail"
down_revision = "0050_units_counted"


def upgrade() -> None:
    op.add_column("paper_row", sa.Column("signing_id", sa.Uuid))
    op.add_column("paper_row", instant("mail_sent_at"))
    _unsent(
        "state IN ('pending', 'witnessed') AND confirmation_sent_at IS NULL AND confirmation_due_at IS NOT NULL"
    )


def _unsent(which: str) -> None:
    op.drop_index("ix_pledge_unsent", "pledge")
    op.create_index(
        "ix_pledge_unsent",
        "pledge",
        ["organisation_id", "confirmation_due_at"],
        postgresql_where=sa.text(which),
    )


def downgrade() -> None:
    _unsent("state = 'pending' AND confirmation_sent_at IS NULL")
    for name in ("signing_id", "mail_sent_at"):
        op.drop_column("paper_row", name)
