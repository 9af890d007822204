"""Whoever holds a place reads their own meeting on its page, once they were briefed about it."""

from alembic import op

from organising.platform.schema import define, policy

revision = "0081c_own_meeting"
down_revision = "0081b_unit_lists_undone"

PUBLIC, COUNTER = "organising_public", "organising_counter"


def upgrade() -> None:
    op.execute(f"GRANT SELECT ON meeting_slot TO {COUNTER}")
    policy(op, "meeting_slot", "definer_read", "SELECT", COUNTER, "true")
    define(
        op,
        "app.own_meeting()",
        "TABLE (organisation_id uuid, id uuid, person_id uuid, starts_at timestamptz, room_cipher bytea)",
        """
        SELECT m.organisation_id, m.id, m.person_id, m.starts_at, m.room_cipher
          FROM sign_up s JOIN meeting_slot m ON m.organisation_id = s.organisation_id AND m.id = s.slot_id
         WHERE s.signing_id = (SELECT app.subject()) AND s.state = 'going'
           AND EXISTS (SELECT FROM attendance_mail a WHERE a.organisation_id = s.organisation_id
                         AND a.sign_up_id = s.id AND a.kind = 'briefing' AND a.dropped_at IS NULL)
        """,
        grant=PUBLIC,
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.own_meeting()")
    op.execute("DROP POLICY definer_read ON meeting_slot")
    op.execute(f"REVOKE SELECT ON meeting_slot FROM {COUNTER}")
