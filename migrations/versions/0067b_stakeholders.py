"""The directory of stakeholders, whom partners know in a public role, with its short log; removal at a person's wish."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created, instant, one_of, shared, subject, to, words
from organising.platform.schema import define, policy, secure

revision = "0067b_stakeholders"
down_revision = "0057_outreach"

STAFF, COUNTER = "organising_runtime", "organising_counter"


def upgrade() -> None:
    op.create_table(
        "stakeholder",
        *shared(),
        words("name"),
        words("sort_key"),
        words("kind"),
        words("role"),
        words("employer"),
        *subject(required=False),
        sa.CheckConstraint("num_nonnulls(person_id, institution_id) <= 1", name="subject"),
        sa.Column("email_cipher", sa.LargeBinary),
        sa.Column("phone_cipher", sa.LargeBinary),
        words("source"),
        words("search_text"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("checked_on", sa.Date, nullable=False),
        instant("removed_at"),
        one_of("kind", ("mp_staff", "journalist", "official", "campaign", "other")),
    )
    op.create_index("ix_stakeholder_campaign_id_sort_key", "stakeholder", ["campaign_id", "sort_key"])
    op.create_index("ix_stakeholder_person_id", "stakeholder", ["person_id"])
    op.create_index("ix_stakeholder_institution_id", "stakeholder", ["institution_id"])
    op.create_table(
        "stakeholder_entry",
        *shared(),
        to("stakeholder", ondelete="CASCADE", nullable=False),
        words("kind"),
        sa.Column("happened_on", sa.Date, nullable=False),
        words("headline"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        instant("removed_at"),
        one_of("kind", ("meeting", "call", "email", "event", "other")),
        sa.CheckConstraint("char_length(headline) BETWEEN 1 AND 280", name="headline"),
        sa.UniqueConstraint("organisation_id", "submission_key"),
    )
    op.create_index("ix_stakeholder_entry_stakeholder_id", "stakeholder_entry", ["stakeholder_id"])
    for table in ("stakeholder", "stakeholder_entry"):
        secure(op, table, "shared")
    op.create_table(
        "stakeholder_removal",
        sa.Column("campaign_id", sa.Uuid, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("person_key", sa.LargeBinary, primary_key=True),
        created(),
    )
    secure(op, "stakeholder_removal", "aggregate")
    _removal()


def _removal() -> None:
    """Whoever of the campaign is asked takes the person out, whoever wrote them down, for it is the person's own right."""
    op.execute(f"GRANT SELECT, DELETE ON stakeholder TO {COUNTER}")
    policy(op, "stakeholder", "definer", "ALL", COUNTER, "true")
    define(
        op,
        "app.remove_stakeholder(wanted uuid, keys bytea[])",
        "bool",
        """
        DECLARE campaign uuid;
        BEGIN
          IF coalesce(app.own_role(), '') NOT IN ('coordinator', 'deputy', 'admin', 'organiser') THEN RETURN false; END IF;
          DELETE FROM stakeholder s WHERE s.id = wanted AND s.campaign_id = ANY (app.campaigns())
            RETURNING s.campaign_id INTO campaign;
          IF NOT FOUND THEN RETURN false; END IF;
          INSERT INTO stakeholder_removal (campaign_id, person_key) SELECT campaign, unnest(keys)
            ON CONFLICT DO NOTHING;
          RETURN true;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.stakeholder_removed_on(campaign uuid, key bytea)",
        "date",
        "SELECT (r.created_at AT TIME ZONE 'Europe/London')::date FROM stakeholder_removal r "
        "WHERE r.campaign_id = campaign AND r.person_key = key AND campaign = ANY (app.campaigns())",
        grant=STAFF,
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.stakeholder_removed_on(uuid, bytea)")
    op.execute("DROP FUNCTION app.remove_stakeholder(uuid, bytea[])")
    for table in ("stakeholder_removal", "stakeholder_entry", "stakeholder"):
        op.drop_table(table)
