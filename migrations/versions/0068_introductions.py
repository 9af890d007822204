"""Introductions: one contact to one partner with their consent, in a row of each, the second sealed with the receiver's key."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import define, policy, restrict, secure

revision = "0068_introductions"
down_revision = "0055b_bulk"

STAFF, COUNTER = "organising_runtime", "organising_counter"
STATES = ("open", "accepted", "declined", "expired", "taken_back")


def upgrade() -> None:
    op.create_table(
        "introduction",
        *owned(),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("receiver_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        words("state", server_default="open"),
        sa.Column("fields", ARRAY(sa.Text), nullable=False),
        sa.Column("consent_words_cipher", sa.LargeBinary, nullable=False),
        words("consent_how"),
        sa.Column("consent_on", sa.Date, nullable=False),
        words("author_label"),
        instant("expires_at", nullable=False),
        instant("answered_at"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        sa.CheckConstraint("receiver_id <> organisation_id", name="receiver"),
        one_of("state", STATES),
        one_of("consent_how", ("in_person", "phone", "message", "paper", "form")),
    )
    op.create_index(
        "uq_introduction_open",
        "introduction",
        ["organisation_id", "contact_id", "receiver_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "introduction_offer",
        *owned(),
        sa.Column("sender_id", sa.Uuid, nullable=False),
        words("state", server_default="open"),
        # Emptied as soon as it is answered, taken back or has run out.
        sa.Column("payload_cipher", sa.LargeBinary),
        instant("expires_at", nullable=False),
        instant("answered_at"),
        sa.Column("contact_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["sender_id", "id"], ["introduction.organisation_id", "introduction.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        one_of("state", ("open", "accepted", "declined", "expired")),
        sa.CheckConstraint("state = 'open' OR payload_cipher IS NULL", name="payload"),
    )
    op.create_index("ix_introduction_offer_sender_id_id", "introduction_offer", ["sender_id", "id"])
    for table in ("introduction", "introduction_offer"):
        secure(op, table, "owned")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {COUNTER}")
        policy(op, table, "definer", "ALL", COUNTER, "true")
    # The receiver's row comes and goes by the functions below alone, and the sender answers nothing in the receiver's name.
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON introduction_offer FROM {STAFF}")
    # Nothing is brought to a partner that keeps no person.
    op.execute(
        "CREATE TRIGGER keeps_nobody BEFORE INSERT ON introduction_offer FOR EACH ROW EXECUTE FUNCTION app.refuse_people()"
    )
    op.execute(f"REVOKE UPDATE ON introduction FROM {STAFF}")
    op.execute(f"GRANT UPDATE (contact_id) ON introduction TO {STAFF}")
    restrict(op, "introduction", "begins_open", "INSERT", "state = 'open'")
    op.execute(f"GRANT INSERT ON audit_event TO {COUNTER}")
    policy(op, "audit_event", "introduced", "INSERT", COUNTER, "action LIKE 'introduction.%'")
    _functions()


def _functions() -> None:
    define(
        op,
        "app.offer_introduction(wanted uuid, payload bytea)",
        "bool",
        """
        DECLARE i introduction;
        BEGIN
          SELECT * INTO i FROM introduction WHERE organisation_id = app.org() AND id = wanted AND state = 'open';
          IF NOT FOUND OR NOT EXISTS (
              SELECT FROM campaign_member m JOIN organisation o ON o.id = m.organisation_id WHERE m.organisation_id = i.receiver_id
                AND m.campaign_id = ANY (app.campaigns()) AND m.coalition_status <> 'left' AND o.left_at IS NULL) THEN
            RETURN false;
          END IF;
          INSERT INTO introduction_offer (organisation_id, id, sender_id, payload_cipher, expires_at)
            VALUES (i.receiver_id, i.id, i.organisation_id, payload, i.expires_at);
          RETURN true;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    # The sender's log tells the answer and nothing else: not who gave it, nor whether the person was known already.
    define(
        op,
        "app.answer_introduction(wanted uuid, answer text, made uuid)",
        "bool",
        """
        DECLARE sender uuid;
        BEGIN
          IF answer NOT IN ('accepted', 'declined') THEN RETURN false; END IF;
          UPDATE introduction_offer SET state = answer, payload_cipher = NULL, answered_at = now(), contact_id = made
            WHERE organisation_id = app.org() AND id = wanted AND state = 'open' AND expires_at > now()
            RETURNING sender_id INTO sender;
          IF NOT FOUND THEN RETURN false; END IF;
          UPDATE introduction SET state = answer, answered_at = now()
            WHERE organisation_id = sender AND id = wanted AND state = 'open';
          INSERT INTO audit_event (organisation_id, id, user_id, action, subject_type, subject_id, facts, created_at)
            VALUES (sender, gen_random_uuid(), NULL, 'introduction.' || answer, 'introduction', wanted, '{}', now());
          RETURN true;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.take_back_introduction(wanted uuid)",
        "bool",
        """
        BEGIN
          DELETE FROM introduction_offer WHERE sender_id = app.org() AND id = wanted AND state = 'open' AND expires_at > now();
          IF NOT FOUND THEN RETURN false; END IF;
          UPDATE introduction SET state = 'taken_back', answered_at = now()
            WHERE organisation_id = app.org() AND id = wanted AND state = 'open';
          RETURN FOUND;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.expire_introductions()",
        "SETOF uuid",
        """
        BEGIN
          UPDATE introduction_offer SET state = 'expired', payload_cipher = NULL, answered_at = now()
            WHERE sender_id = app.org() AND state = 'open' AND expires_at <= now();
          RETURN QUERY UPDATE introduction SET state = 'expired', answered_at = now()
            WHERE organisation_id = app.org() AND state = 'open' AND expires_at <= now() RETURNING introduction.id;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )


def downgrade() -> None:
    for function in (
        "expire_introductions()",
        "take_back_introduction(uuid)",
        "answer_introduction(uuid, text, uuid)",
        "offer_introduction(uuid, bytea)",
    ):
        op.execute(f"DROP FUNCTION app.{function}")
    op.execute("DROP POLICY introduced ON audit_event")
    op.execute(f"REVOKE INSERT ON audit_event FROM {COUNTER}")
    op.drop_table("introduction_offer")
    op.drop_table("introduction")
