"""How much mail has left to somebody beside one mailing: asked when that mailing's own messages are claimed."""

from alembic import op

from organising.platform.schema import define

revision = "0046_mail_left"
down_revision = "0045_resets_given_back"


def upgrade() -> None:
    # What only waits is not counted: of two mailings that wait for the same person, each would keep the other back.
    # Whose mailing it is not to count is nobody's to try out but its owner's.
    define(
        op,
        "app.mail_left(person_ids uuid[], since timestamptz, beside uuid)",
        "TABLE (person_id uuid, mails bigint, last_at timestamptz)",
        """
        SELECT c.person_id, count(*), max(d.changed_at) FILTER (WHERE d.state IN ('accepted', 'replied'))
          FROM mailing_choice c
          JOIN mailing m ON m.organisation_id = c.organisation_id AND m.id = c.mailing_id
          JOIN delivery d ON d.organisation_id = c.organisation_id AND d.mailing_id = c.mailing_id
               AND d.holding_id = c.holding_id
         WHERE c.person_id = ANY (person_ids) AND m.campaign_id = ANY (app.campaigns())
           AND NOT (m.id = beside AND m.organisation_id = app.org())
           AND d.changed_at >= since
           AND d.state IN ('committed', 'accepted', 'uncertain', 'held', 'replied', 'bounced')
         GROUP BY c.person_id
        """,
        grant="organising_runtime",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.mail_left(uuid[], timestamptz, uuid)")
