"""What was done to many contacts at once, and to which, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0055b_bulk"
down_revision = "0056_large_imports"

# As in 0051: within reach goes a contact, and what hangs on it.
ALL_CONTACTS = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)


def upgrade() -> None:
    op.create_table(
        "contact_change",
        *owned(),
        words("deed"),
        sa.Column("target_id", sa.Uuid),
        words("target_label"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid),
        words("author_label"),
        sa.Column("changed", sa.Integer, nullable=False),
        instant("undone_at"),
        words("undone_by", nullable=True),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        one_of("deed", ("tag", "untag", "unit", "colleague")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
    )
    op.create_index(
        "ix_contact_change_organisation_id_created_at", "contact_change", ["organisation_id", "created_at"]
    )
    secure(op, "contact_change", "owned")
    own = "(SELECT app.own_role()) = 'officer' AND user_id = (SELECT app.usr())"
    restrict(op, "contact_change", "reach", "ALL", f"{ALL_CONTACTS} OR ({own})")
    op.create_table(
        "contact_changed",
        *owned(),
        sa.Column("change_id", sa.Uuid, nullable=False),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("before_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["organisation_id", "change_id"],
            ["contact_change.organisation_id", "contact_change.id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("organisation_id", "change_id", "contact_id"),
    )
    op.create_index(
        "ix_contact_changed_organisation_id_contact_id", "contact_changed", ["organisation_id", "contact_id"]
    )
    secure(op, "contact_changed", "owned")
    held = f"{ALL_CONTACTS} OR EXISTS (SELECT FROM contact c WHERE c.id = contact_changed.contact_id)"
    restrict(op, "contact_changed", "reach", "ALL", held)


def downgrade() -> None:
    op.drop_table("contact_changed")
    op.drop_table("contact_change")
