"""A public calendar tells which version of a headline it has: without that, no calendar takes a change."""

from alembic import op

revision = "0075b_public_calendar"
down_revision = "0073b_call_templates"

COLUMNS = "version, changed_at"


def upgrade() -> None:
    op.execute(f"GRANT SELECT ({COLUMNS}) ON branch_action TO organising_public")


def downgrade() -> None:
    op.execute(f"REVOKE SELECT ({COLUMNS}) ON branch_action FROM organising_public")
