"""Approaches: reservations that exclude each other, their history, asks to join, and the pressure budget."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, shared, subject, to, words
from organising.platform.schema import MEMBER, OWN, define, policy, restrict, secure

revision = "0012_approaches"
down_revision = "0011_targets"

CHANNELS = ("meeting", "call", "email", "letter", "visit", "event")
LIVE = (
    "identified", "researched", "assigned", "requested", "acknowledged", "no_reply", "scheduled", "held",
    "minutes_draft", "minutes_approved", "follow_up",
)  # fmt: skip
STATES = (
    "identified", "researched", "assigned", "requested", "acknowledged", "no_reply", "declined", "scheduled",
    "held", "minutes_draft", "minutes_approved", "follow_up", "closed", "cancelled", "paused_dissolution",
)  # fmt: skip
DEEDS = (
    "reserved", "step", "edited", "assigned", "handed_over", "cancelled", "restored", "expired", "paused", "resumed",
)  # fmt: skip
DECISIONS = ("asked", "accepted", "declined", "withdrawn")
LIVE_WORDS = ", ".join(f"'{state}'" for state in LIVE)
# Row "approaches" of the permission matrix: nothing for an officer, reading for an analyst. A job has no person.
READERS = "(SELECT app.own_role()) IS DISTINCT FROM 'officer'"
JOB = "((SELECT app.usr()) IS NULL AND (SELECT app.org()) IS NOT NULL)"
WRITERS = f"({JOB} OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser'))"
COORDINATOR = "(SELECT app.own_role()) = 'coordinator'"
# The approach that a row hangs on is one's own organisation's, or one is the coordinator.
HOLDS = (
    "EXISTS (SELECT FROM approach a WHERE a.id = approach_id "
    f"AND (a.organisation_id = (SELECT app.org()) OR {COORDINATOR}))"
)


def upgrade() -> None:
    # Trusted: whoever may create in the database may create it, on PostgreSQL 13 and newer.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _approaches()
    _guards()
    _asks()
    _history()
    _joins()
    _own()
    _budget()
    _mail_pressure()


def _approaches() -> None:
    op.create_table(
        "approach",
        *shared(),
        *subject(),
        words("channel"),
        *[sa.Column(name, sa.Date, nullable=False) for name in ("starts_on", "ends_on", "due_on")],
        sa.Column("scheduled_on", sa.Date),
        words("state"),
        words("interrupted_state", nullable=True),
        words("purpose"),
        words("owner_label"),
        words("pressure_reason", nullable=True),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        instant("changed_at", nullable=False),
        instant("expired_at"),
        one_of("channel", CHANNELS),
        one_of("state", STATES),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        sa.CheckConstraint("ends_on >= starts_on AND ends_on - starts_on < 92", name="window"),
        sa.CheckConstraint("scheduled_on BETWEEN starts_on AND ends_on", name="scheduled_on"),
        sa.CheckConstraint("char_length(purpose) BETWEEN 1 AND 280", name="purpose"),
        sa.CheckConstraint(
            "(interrupted_state IS NOT NULL) = (state IN ('cancelled', 'paused_dissolution'))",
            name="interrupted",
        ),
    )
    op.execute(
        "ALTER TABLE approach ADD CONSTRAINT ex_approach_live EXCLUDE USING gist (campaign_id WITH =, "
        "(coalesce(person_id, institution_id)) WITH =, channel WITH =, daterange(starts_on, ends_on, '[]') WITH &&) "
        f"WHERE (state IN ({LIVE_WORDS}))"
    )
    op.create_index("ix_approach_campaign_id_due_on", "approach", ["campaign_id", "due_on", "id"])
    op.create_index("ix_approach_person_id", "approach", ["person_id"])
    op.create_index("ix_approach_institution_id", "approach", ["institution_id"])
    op.create_index("ix_approach_organisation_id_ends_on", "approach", ["organisation_id", "ends_on"])
    secure(op, "approach", "shared")
    # Called off is a state: nothing that partners could read yesterday is gone today.
    op.execute("REVOKE DELETE ON approach FROM organising_runtime")
    restrict(op, "approach", "readers", "SELECT", READERS)
    restrict(op, "approach", "writers_insert", "INSERT", WRITERS)
    restrict(op, "approach", "writers_update", "UPDATE", WRITERS)
    # The coordinator changes any; the holder may give it to another partner: what becomes of it then is the
    # guard's to say. Policies of one command are alternatives, so the second's check is for the holder alone.
    policy(
        op, "approach", "coordinator_update", "UPDATE", "organising_runtime", f"{COORDINATOR} AND {MEMBER}"
    )
    policy(op, "approach", "handed_over", "UPDATE", "organising_runtime", OWN, MEMBER)


def _guards() -> None:
    """A policy sees the row before or the row after; a trigger both."""
    op.execute("""
        CREATE FUNCTION app.guard_approach() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF current_user <> 'organising_runtime' THEN RETURN NEW; END IF;
          IF (NEW.id, NEW.campaign_id, NEW.person_id, NEW.institution_id, NEW.submission_key, NEW.created_at, NEW.author_label)
             IS DISTINCT FROM
             (OLD.id, OLD.campaign_id, OLD.person_id, OLD.institution_id, OLD.submission_key, OLD.created_at, OLD.author_label)
             OR NEW.organisation_id <> OLD.organisation_id AND (
               OLD.organisation_id IS DISTINCT FROM app.org() AND app.own_role() IS DISTINCT FROM 'coordinator'
               OR app.usr() IS NULL
               OR NOT EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = NEW.campaign_id
                              AND m.organisation_id = NEW.organisation_id AND m.coalition_status <> 'left')) THEN
            RAISE insufficient_privilege USING MESSAGE = 'this approach is not theirs to change so';
          END IF;
          RETURN NEW;
        END $body$""")
    # Two reservations in the making wait for each other's row, which PostgreSQL ends as a deadlock after a second:
    # each takes its turn, so that the second simply meets the first.
    op.execute("""
        CREATE FUNCTION app.await_approach() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'INSERT' OR (NEW.state, NEW.channel, NEW.starts_on, NEW.ends_on)
             IS DISTINCT FROM (OLD.state, OLD.channel, OLD.starts_on, OLD.ends_on) THEN
            PERFORM pg_advisory_xact_lock(hashtextextended(
              'approach ' || NEW.campaign_id || coalesce(NEW.person_id, NEW.institution_id) || NEW.channel, 0));
          END IF;
          RETURN NEW;
        END $body$""")
    for name in ("guard_approach", "await_approach"):
        op.execute(f"REVOKE ALL ON FUNCTION app.{name}() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON approach FOR EACH ROW EXECUTE FUNCTION app.guard_approach()"
    )
    op.execute(
        "CREATE TRIGGER turn BEFORE INSERT OR UPDATE ON approach FOR EACH ROW EXECUTE FUNCTION app.await_approach()"
    )


def _asks() -> None:
    op.create_table(
        "approach_ask",
        *shared(),
        to("approach", ondelete="CASCADE", nullable=False),
        to("ask", nullable=False, index=True),
        sa.UniqueConstraint("approach_id", "ask_id"),
    )
    secure(op, "approach_ask", "shared")
    op.execute("REVOKE UPDATE ON approach_ask FROM organising_runtime")
    restrict(op, "approach_ask", "readers", "SELECT", READERS)
    restrict(op, "approach_ask", "holds_insert", "INSERT", f"{WRITERS} AND {HOLDS}")
    # After a hand-over the asks are still in the former holder's name.
    policy(op, "approach_ask", "holds", "DELETE", "organising_runtime", HOLDS)
    restrict(op, "approach_ask", "holds_delete", "DELETE", f"{WRITERS} AND {HOLDS}")


def _history() -> None:
    op.create_table(
        "approach_event",
        *shared(),
        to("approach", ondelete="CASCADE", nullable=False),
        words("kind"),
        words("from_state", nullable=True),
        words("to_state", nullable=True),
        to("organisation", "to_organisation_id"),
        words("words"),
        one_of("kind", DEEDS),
    )
    op.create_index(
        "ix_approach_event_approach_id_created_at", "approach_event", ["approach_id", "created_at"]
    )
    secure(op, "approach_event", "shared", write=False)
    restrict(op, "approach_event", "readers", "SELECT", READERS)
    restrict(op, "approach_event", "holds_insert", "INSERT", f"{WRITERS} AND {HOLDS}")


def _joins() -> None:
    op.create_table(
        "approach_join",
        *shared(),
        to("approach", ondelete="CASCADE", nullable=False),
        to("organisation", "joiner_id", nullable=False),
        words("decision"),
        words("words"),
        one_of("decision", DECISIONS),
    )
    op.create_index(
        "ix_approach_join_approach_id_joiner_id",
        "approach_join",
        ["approach_id", "joiner_id", sa.text("created_at DESC")],
    )
    secure(op, "approach_join", "shared", write=False)
    restrict(op, "approach_join", "readers", "SELECT", READERS)
    # Each side decides what is its own: nobody asks in another's name, and nobody accepts themselves.
    restrict(
        op,
        "approach_join",
        "deciders",
        "INSERT",
        f"{WRITERS} AND CASE WHEN decision IN ('asked', 'withdrawn') THEN joiner_id = (SELECT app.org()) ELSE {HOLDS} END",
    )


def _own() -> None:
    op.create_table(
        "approach_own",
        *owned(),
        to("approach", ondelete="CASCADE", nullable=False, index=True),
        sa.Column("owner_user_id", sa.Uuid),
        sa.Column("minutes_user_id", sa.Uuid),
        sa.Column("note_cipher", sa.LargeBinary),
        sa.UniqueConstraint("organisation_id", "approach_id"),
    )
    op.create_index(
        "ix_approach_own_organisation_id_owner_user_id", "approach_own", ["organisation_id", "owner_user_id"]
    )
    secure(op, "approach_own", "owned")
    restrict(op, "approach_own", "reach", "ALL", WRITERS)


def _budget() -> None:
    op.create_table(
        "pressure_budget",
        *shared(),
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("mails", "calls", "visits")],
        sa.CheckConstraint(
            "least(mails, calls, visits) >= 0 AND greatest(mails, calls, visits) < 100", name="size"
        ),
    )
    op.create_index(
        "ix_pressure_budget_campaign_id_created_at",
        "pressure_budget",
        ["campaign_id", sa.text("created_at DESC")],
    )
    secure(op, "pressure_budget", "shared", write=False)
    restrict(op, "pressure_budget", "coordinators", "INSERT", COORDINATOR)


def _mail_pressure() -> None:
    """How many messages of mailings went, or wait to go, to each person: a number, never whose."""
    op.create_index("ix_mailing_choice_person_id", "mailing_choice", ["person_id"])
    for table in ("mailing", "mailing_choice", "delivery"):
        op.execute(f"GRANT SELECT ON {table} TO organising_counter")
        policy(op, table, "pressure", "SELECT", "organising_counter", "true")
    define(
        op,
        "app.mail_pressure(person_ids uuid[], since timestamptz)",
        "TABLE (person_id uuid, mails bigint, last_at timestamptz)",
        """
        SELECT c.person_id, count(*), max(d.changed_at) FILTER (WHERE d.state = 'accepted')
          FROM mailing_choice c
          JOIN mailing m ON m.organisation_id = c.organisation_id AND m.id = c.mailing_id
          JOIN delivery d ON d.organisation_id = c.organisation_id AND d.mailing_id = c.mailing_id
               AND d.holding_id = c.holding_id
         WHERE c.person_id = ANY (person_ids) AND m.campaign_id = ANY (app.campaigns())
           AND d.changed_at >= since
           AND d.state IN ('queued', 'leased', 'committed', 'accepted', 'deferred', 'uncertain')
         GROUP BY c.person_id
        """,
        grant="organising_runtime",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.mail_pressure(uuid[], timestamptz)")
    for table in ("mailing", "mailing_choice", "delivery"):
        op.execute(f"DROP POLICY pressure ON {table}")
        op.execute(f"REVOKE SELECT ON {table} FROM organising_counter")
    op.drop_index("ix_mailing_choice_person_id", "mailing_choice")
    for table in (
        "pressure_budget", "approach_own", "approach_join", "approach_event", "approach_ask", "approach",
    ):  # fmt: skip
        op.drop_table(table)
    for name in ("guard_approach", "await_approach"):
        op.execute(f"DROP FUNCTION app.{name}()")
