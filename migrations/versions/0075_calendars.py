"""Feeds: secret addresses, of which a hash is kept; and when a headline was last changed, which calendars want to know."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import define, policy, secure

revision = "0075_calendars"
down_revision = "0072b_preparing"

STAFF, PUBLIC, COUNTER = "organising_runtime", "organising_public", "organising_counter"


def upgrade() -> None:
    op.add_column("branch_action", instant("changed_at"))
    op.execute("UPDATE branch_action SET changed_at = greatest(created_at, shared_at, reported_at)")
    op.alter_column("branch_action", "changed_at", nullable=False)
    # What is over and what is still to come: a month asks for both.
    op.create_index("ix_branch_action_campaign_id_ends_at", "branch_action", ["campaign_id", "ends_at"])
    op.create_table(
        "calendar_feed",
        *owned(),
        to("campaign", nullable=False),
        to("user", nullable=False),
        words("author_label"),
        sa.Column("label_cipher", sa.LargeBinary),
        words("kind"),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        instant("renewed_at"),
        instant("revoked_at"),
        instant("last_fetched_at"),
        words("digest", nullable=True),
        instant("changed_at"),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        one_of("kind", ("unit", "organisation", "campaign")),
        sa.CheckConstraint("(kind = 'unit') = (unit_id IS NOT NULL)", name="unit"),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
    )
    op.create_index("ix_calendar_feed_token_hash", "calendar_feed", ["token_hash"])
    op.create_index(
        "ix_calendar_feed_organisation_id_user_id", "calendar_feed", ["organisation_id", "user_id"]
    )
    secure(op, "calendar_feed", "owned")
    _door()


def _door() -> None:
    """Whose a secret address is: what that person may see today is asked as it is when they sign in."""
    op.execute(f"GRANT SELECT ON calendar_feed TO {COUNTER}")
    policy(op, "calendar_feed", "definer_read", "SELECT", COUNTER, "true")
    define(
        op,
        "app.find_calendar_feed(secret bytea)",
        "TABLE (organisation_id uuid, id uuid, user_id uuid, session_epoch int)",
        """
        SELECT f.organisation_id, f.id, f.user_id, u.session_epoch
          FROM calendar_feed f JOIN "user" u ON u.id = f.user_id
         WHERE f.token_hash = secret AND f.revoked_at IS NULL
        """,
        grant=f"{PUBLIC}, {STAFF}",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.find_calendar_feed(bytea)")
    op.drop_table("calendar_feed")
    op.drop_index("ix_branch_action_campaign_id_ends_at", "branch_action")
    op.drop_column("branch_action", "changed_at")
