"""Who of an organisation's own contacts was there: when somebody was met, and at an action. Never shared."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import owned, words
from organising.platform.schema import restrict, secure

revision = "0055c_presences"
down_revision = "0059_rights"

# As in 0051: within reach goes a contact, and what hangs on it.
ALL_CONTACTS = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
TABLES = {
    "engagement_contact": ("engagement_id", ["engagement.organisation_id", "engagement.id"]),
    "action_contact": ("action_id", ["branch_action.organisation_id", "branch_action.id"]),
}


def upgrade() -> None:
    for table, (column, target) in TABLES.items():
        op.create_table(
            table,
            *owned(),
            sa.Column("contact_id", sa.Uuid, nullable=False),
            sa.Column(column, sa.Uuid, nullable=False),
            words("author_label"),
            sa.ForeignKeyConstraint(
                ["organisation_id", "contact_id"],
                ["contact.organisation_id", "contact.id"],
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(["organisation_id", column], target, ondelete="CASCADE"),
            sa.UniqueConstraint("organisation_id", "contact_id", column),
        )
        op.create_index(f"ix_{table}_organisation_id_{column}", table, ["organisation_id", column])
        secure(op, table, "owned")
        held = f"{ALL_CONTACTS} OR EXISTS (SELECT FROM contact c WHERE c.id = {table}.contact_id)"
        restrict(op, table, "reach", "ALL", held)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
