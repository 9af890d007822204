"""Letters from constituents: what people are asked to write about, their letters, and how one leaves or is taken back."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import define, policy, secure

revision = "0024_letters"
down_revision = "0023_mailing_audience"

PUBLIC, COUNTER = "organising_public", "organising_counter"
MODES = ("organisation_to_representative", "constituent_to_representative")
ACTION = ("draft", "open", "closed")
LETTER = ("unconfirmed", "confirmed", "withdrawn", "erased")
MINE = "signing_id = (SELECT app.subject())"
OPEN_ACTION = (
    "EXISTS (SELECT FROM letter_action a WHERE a.organisation_id = letter.organisation_id "
    "AND a.id = letter.action_id AND a.state = 'open')"
)
SECRETS = ("name_cipher", "email_cipher", "street_cipher", "postcode_cipher", "subject_cipher", "body_cipher")
NOT_LEFT = "('queued', 'leased', 'deferred')"


def upgrade() -> None:
    op.add_column("mailing", words("mode", server_default="organisation_to_representative"))
    op.create_check_constraint(op.f("ck_mailing_mode"), "mailing", str(one_of("mode", MODES).sqltext))
    _outbox()
    _actions()
    _letters()
    _guard()
    _public_writing()


def _outbox() -> None:
    """A message is made from a chosen representative's entry, or from one letter; each has its own key."""
    op.add_column("delivery", sa.Column("letter_id", sa.Uuid))
    op.alter_column("delivery", "choice_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_delivery_source"), "delivery", "num_nonnulls(choice_id, letter_id) = 1"
    )
    op.drop_constraint(op.f("uq_delivery_organisation_id_mailing_id_holding_id"), "delivery")
    op.create_index(
        "uq_delivery_choice",
        "delivery",
        ["organisation_id", "mailing_id", "holding_id"],
        unique=True,
        postgresql_where=sa.text("letter_id IS NULL"),
    )
    op.create_unique_constraint(
        op.f("uq_delivery_organisation_id_letter_id"), "delivery", ["organisation_id", "letter_id"]
    )


def _actions() -> None:
    op.create_table(
        "letter_action",
        *owned(),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        to("ask"),
        *[words(name) for name in ("slug", "title", "standfirst", "prompts", "subject", "state")],
        sa.Column("mailing_id", sa.Uuid),
        words("approved_hash", nullable=True),
        sa.Column("created_by", sa.Uuid),
        words("created_by_label"),
        sa.Column("last_editor_id", sa.Uuid),
        words("last_editor_label"),
        words("opened_by_label", nullable=True),
        instant("updated_at", nullable=False),
        instant("opened_at"),
        instant("closed_at"),
        one_of("state", ACTION),
        sa.CheckConstraint(
            "state = 'draft' OR (opened_at IS NOT NULL AND approved_hash IS NOT NULL)", name="opened"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        sa.ForeignKeyConstraint(["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"]),
        sa.UniqueConstraint("organisation_id", "slug"),
    )
    secure(op, "letter_action", "owned", published="state IN ('open', 'closed')")


def _letters() -> None:
    op.create_table(
        "letter",
        *owned(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        sa.Column("signing_id", sa.Uuid, nullable=False),
        words("state"),
        to("office_holding", "holding_id", nullable=False),
        words("address"),
        words("greeting"),
        words("consent"),
        *[sa.Column(name, sa.LargeBinary) for name in (*SECRETS, "person_key", "sketch")],
        *[
            instant(name)
            for name in ("confirmation_due_at", "confirmation_sent_at", "confirmation_refused_at")
        ],
        sa.Column("confirmation_tries", sa.Integer, nullable=False, server_default="0"),
        *[instant(name) for name in ("confirmed_at", "ended_at", "text_removed_at", "details_removed_at")],
        one_of("state", LETTER),
        sa.CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["letter_action.organisation_id", "letter_action.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("signing_id"),
    )
    op.create_index(
        "uq_letter_person",
        "letter",
        ["organisation_id", "action_id", "person_key"],
        unique=True,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_index(
        "ix_letter_unsent",
        "letter",
        ["organisation_id", "confirmation_due_at"],
        postgresql_where=sa.text("state = 'unconfirmed' AND confirmation_sent_at IS NULL"),
    )
    op.create_index(
        "ix_letter_organisation_id_action_id_confirmed_at",
        "letter",
        ["organisation_id", "action_id", "confirmed_at"],
    )
    secure(op, "letter", "owned")


def _guard() -> None:
    """What a person wrote never changes; it is only ever taken away, and with some states it must be."""
    changed = " OR ".join(
        f"(NEW.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name})"
        for name in (*SECRETS, "person_key", "sketch")
    )
    details = " ".join(f"NEW.{name} := NULL;" for name in (*SECRETS, "sketch"))
    op.execute(f"""
        CREATE FUNCTION app.guard_letter() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF (NEW.organisation_id, NEW.id, NEW.action_id, NEW.signing_id, NEW.holding_id, NEW.address, NEW.greeting)
               IS DISTINCT FROM (OLD.organisation_id, OLD.id, OLD.action_id, OLD.signing_id, OLD.holding_id,
                                 OLD.address, OLD.greeting) OR {changed} THEN
              RAISE EXCEPTION 'what a person wrote, and to whom, never changes';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ('unconfirmed>confirmed',
                'unconfirmed>erased', 'confirmed>withdrawn') THEN
              RAISE EXCEPTION 'a letter cannot go from % to %', OLD.state, NEW.state;
            END IF;
          END IF;
          IF NEW.state IN ('withdrawn', 'erased') THEN
            NEW.person_key := NULL; NEW.confirmed_at := NULL;
            NEW.details_removed_at := coalesce(NEW.details_removed_at, now());
          END IF;
          IF NEW.details_removed_at IS NOT NULL THEN
            {details}
            NEW.text_removed_at := coalesce(NEW.text_removed_at, NEW.details_removed_at);
          ELSIF NEW.text_removed_at IS NOT NULL THEN
            NEW.street_cipher := NULL; NEW.subject_cipher := NULL; NEW.body_cipher := NULL; NEW.sketch := NULL;
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_letter() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON letter "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_letter()"
    )


def _public_writing() -> None:
    """The public writes an unconfirmed letter of its own signing, and sees, confirms and takes back that one only."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE (state, confirmed_at, ended_at) ON letter TO {PUBLIC}")
    policy(
        op,
        "letter",
        "write",
        "INSERT",
        PUBLIC,
        f"{MINE} AND state = 'unconfirmed' AND confirmed_at IS NULL AND confirmation_sent_at IS NULL AND {OPEN_ACTION}",
    )
    policy(op, "letter", "mine_read", "SELECT", PUBLIC, MINE)
    policy(
        op,
        "letter",
        "mine_update",
        "UPDATE",
        PUBLIC,
        f"{MINE} AND state = 'unconfirmed'",
        f"{MINE} AND (state = 'erased' OR (state = 'confirmed' AND {OPEN_ACTION}))",
    )
    op.execute(f"GRANT SELECT, UPDATE (state, ended_at, details_removed_at) ON letter TO {COUNTER}")
    policy(op, "letter", "definer_read", "SELECT", COUNTER, "true")
    policy(op, "letter", "definer_update", "UPDATE", COUNTER, MINE)
    op.execute(f"GRANT UPDATE (state, lease_until, changed_at) ON delivery TO {COUNTER}")
    policy(
        op,
        "delivery",
        "definer_update",
        "UPDATE",
        COUNTER,
        "EXISTS (SELECT FROM letter l WHERE l.organisation_id = delivery.organisation_id AND l.id = delivery.letter_id "
        f"AND l.{MINE})",
    )
    define(
        op,
        "app.letter_delivery()",
        "TABLE (state text, changed_at timestamptz)",
        "SELECT d.state, d.changed_at FROM letter l JOIN delivery d ON d.organisation_id = l.organisation_id "
        f"AND d.letter_id = l.id WHERE l.{MINE}",
        grant=PUBLIC,
    )
    # One statement decides between the writer and the runner: both change the delivery's row, and only one finds it free.
    define(
        op,
        "app.withdraw_letter()",
        "text",
        f"""
        DECLARE
          mine record;
        BEGIN
          SELECT organisation_id, id INTO mine FROM letter
           WHERE {MINE} AND state = 'confirmed' AND details_removed_at IS NULL FOR UPDATE;
          IF NOT FOUND THEN RETURN 'nothing'; END IF;
          UPDATE delivery SET state = 'cancelled', lease_until = NULL, changed_at = clock_timestamp()
           WHERE organisation_id = mine.organisation_id AND letter_id = mine.id AND state IN {NOT_LEFT};
          IF EXISTS (SELECT FROM delivery WHERE organisation_id = mine.organisation_id AND letter_id = mine.id
                        AND state <> 'cancelled') THEN
            UPDATE letter SET details_removed_at = clock_timestamp()
             WHERE organisation_id = mine.organisation_id AND id = mine.id;
            RETURN 'left';
          END IF;
          UPDATE letter SET state = 'withdrawn', ended_at = clock_timestamp()
           WHERE organisation_id = mine.organisation_id AND id = mine.id;
          RETURN 'withdrawn';
        END""",
        grant=PUBLIC,
        options="VOLATILE",
    )
    define(
        op,
        "app.closest_letter(organisation uuid, action uuid, given bytea)",
        "integer",
        """
        SELECT coalesce(max(alike), 0)::integer FROM (
          SELECT (SELECT count(*) FROM generate_series(0, 31) AS n
                   WHERE substring(l.sketch FROM n * 4 + 1 FOR 4) = substring(given FROM n * 4 + 1 FOR 4)) AS alike
            FROM (SELECT sketch FROM letter WHERE organisation_id = organisation AND action_id = action
                     AND state = 'confirmed' AND sketch IS NOT NULL ORDER BY confirmed_at DESC LIMIT 500) l) c""",
        grant=PUBLIC,
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.closest_letter(uuid, uuid, bytea)")
    op.execute("DROP FUNCTION app.withdraw_letter()")
    op.execute("DROP FUNCTION app.letter_delivery()")
    op.execute("DROP POLICY definer_update ON delivery")
    op.execute(f"REVOKE UPDATE ON delivery FROM {COUNTER}")
    op.drop_table("letter")
    op.execute("DROP FUNCTION app.guard_letter()")
    op.drop_table("letter_action")
    op.execute("DELETE FROM delivery WHERE letter_id IS NOT NULL")
    op.execute("DELETE FROM mailing WHERE mode <> 'organisation_to_representative'")
    op.drop_constraint(op.f("uq_delivery_organisation_id_letter_id"), "delivery")
    op.drop_index("uq_delivery_choice", "delivery")
    op.create_unique_constraint(
        op.f("uq_delivery_organisation_id_mailing_id_holding_id"),
        "delivery",
        ["organisation_id", "mailing_id", "holding_id"],
    )
    op.drop_constraint(op.f("ck_delivery_source"), "delivery", type_="check")
    op.alter_column("delivery", "choice_id", nullable=False)
    op.drop_column("delivery", "letter_id")
    op.drop_constraint(op.f("ck_mailing_mode"), "mailing", type_="check")
    op.drop_column("mailing", "mode")
