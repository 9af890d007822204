"""Taking part in public actions: who signed up, who has a place, which mail they were sent; and a lobby day's meetings."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import define, policy, restrict, secure

revision = "0076_attendance"
down_revision = "0077_statements"

STAFF, PUBLIC, COUNTER = "organising_runtime", "organising_public", "organising_counter"
STATES = ("unconfirmed", "going", "waiting", "withdrawn", "erased")
KINDS = ("confirm", "place", "reminder", "changed", "cancelled", "restored", "thanks", "briefing")
SECRETS = ("name_cipher", "email_cipher", "postcode_cipher")
MINE = "signing_id = (SELECT app.subject())"
KEPT_LANGUAGE = (
    "confirmation_language IS NULL OR "
    "(confirmation_language IN ('cy', 'es', 'pt') AND confirmation_sent_at IS NULL)"
)
# Approved by a person, and still as it was approved. What was told after it happened was never approved: it was shared
# in the moment in which it was reported.
AGREED = "('approved', 'scheduled', 'done')"
PUBLISHED = (
    f"is_public AND (state IN {AGREED} OR (state = 'cancelled' AND cancelled_from IN {AGREED}) "
    "OR (state IN ('reported', 'checked', 'closed') AND shared_at < reported_at))"
)
HEADLINE = (
    "id, campaign_id, organisation_id, kind, title, unit_label, area, starts_at, ends_at, all_day, is_public, state, "
    "cancelled_from, shared_at, reported_at, summary, place, postcode, capacity"
)
COMING = "a.is_public AND a.state IN ('approved', 'scheduled') AND a.starts_at > now()"
EXPORTS = ("contacts", "signers", "audit", "shared", "totals", "leaving")
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)


def upgrade() -> None:
    _headlines()
    _pages()
    _slots()
    _sign_ups()
    _mail()
    _guard()
    _reach()
    _public()
    _seats()
    _exports((*EXPORTS, "attendees"))


def _exports(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_export_record_kind"), "export_record", type_="check")
    op.create_check_constraint(
        op.f("ck_export_record_kind"), "export_record", str(one_of("kind", kinds).sqltext)
    )


def of_action() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "action_id"],
        ["branch_action.organisation_id", "branch_action.id"],
        ondelete="CASCADE",
    )


def _headlines() -> None:
    """The public reads the headline of what was approved for it, and of nothing else."""
    op.execute(f"GRANT SELECT ({HEADLINE}) ON branch_action TO {PUBLIC}")
    policy(op, "branch_action", "published", "SELECT", PUBLIC, PUBLISHED)
    op.execute(f"GRANT SELECT (organisation_id, action_id, area_id) ON action_area TO {PUBLIC}")
    # Within a policy branch_action is read under its own.
    readable = (
        "EXISTS (SELECT FROM branch_action a WHERE a.organisation_id = action_area.organisation_id "
        "AND a.id = action_area.action_id)"
    )
    policy(op, "action_area", "published", "SELECT", PUBLIC, readable)
    op.execute(f"GRANT SELECT ON branch_action TO {COUNTER}")
    policy(op, "branch_action", "definer_read", "SELECT", COUNTER, "true")


def _pages() -> None:
    op.create_table(
        "sign_up_page",
        *owned(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        sa.Column("invitations_wording_id", sa.Uuid),
        sa.Column("notes_cipher", sa.LargeBinary),
        instant("closed_at"),
        words("closed_label", nullable=True),
        instant("deleted_at"),
        sa.Column("signed_up", sa.Integer),
        sa.Column("came", sa.Integer),
        of_action(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "invitations_wording_id"],
            ["consent_wording.organisation_id", "consent_wording.id"],
        ),
        sa.UniqueConstraint("organisation_id", "action_id"),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_label IS NULL)", name="closed"),
    )
    secure(op, "sign_up_page", "owned")
    op.execute(
        f"GRANT SELECT (organisation_id, id, action_id, closed_at, invitations_wording_id) ON sign_up_page TO {PUBLIC}"
    )
    policy(
        op,
        "sign_up_page",
        "published",
        "SELECT",
        PUBLIC,
        "EXISTS (SELECT FROM branch_action a WHERE a.organisation_id = sign_up_page.organisation_id "
        "AND a.id = sign_up_page.action_id)",
    )
    op.execute(f"GRANT SELECT ON sign_up_page TO {COUNTER}")
    policy(op, "sign_up_page", "definer_read", "SELECT", COUNTER, "true")
    # The words of the box that a page shows.
    op.execute(f"GRANT SELECT (organisation_id, id, purpose, version, text) ON consent_wording TO {PUBLIC}")
    policy(
        op,
        "consent_wording",
        "published",
        "SELECT",
        PUBLIC,
        "EXISTS (SELECT FROM sign_up_page p WHERE p.organisation_id = consent_wording.organisation_id "
        "AND p.invitations_wording_id = consent_wording.id)",
    )


def _slots() -> None:
    op.create_table(
        "meeting_slot",
        *owned(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        to("person", nullable=False, index=True),
        instant("starts_at", nullable=False),
        sa.Column("room_cipher", sa.LargeBinary),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        words("author_label"),
        of_action(),
        sa.CheckConstraint("capacity BETWEEN 1 AND 200", name="capacity"),
    )
    op.create_index(
        "ix_meeting_slot_organisation_id_action_id_person_id_starts_at",
        "meeting_slot",
        ["organisation_id", "action_id", "person_id", "starts_at"],
    )
    secure(op, "meeting_slot", "owned")
    op.create_table(
        "lobby_briefing",
        *owned(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        to("person", index=True),
        sa.Column("lines_cipher", sa.LargeBinary),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        words("author_label"),
        of_action(),
        sa.UniqueConstraint("organisation_id", "action_id", "person_id", postgresql_nulls_not_distinct=True),
    )
    secure(op, "lobby_briefing", "owned")


def _sign_ups() -> None:
    op.create_table(
        "sign_up",
        *owned(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        sa.Column("signing_id", sa.Uuid, nullable=False),
        words("state"),
        words("consent"),
        sa.Column("consent_version", sa.Integer, nullable=False),
        sa.Column("invitations_wording_id", sa.Uuid),
        *[sa.Column(name, sa.LargeBinary) for name in (*SECRETS, "email_key", "person_key")],
        to("area"),
        sa.Column("slot_id", sa.Uuid),
        words("told", nullable=True),
        *[instant(name) for name in ("confirmed_at", "placed_at", "ended_at")],
        words("attended", nullable=True),
        words("marked_label", nullable=True),
        *[instant(name) for name in ("contact_kept_at", "bounced_at")],
        of_action(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "invitations_wording_id"],
            ["consent_wording.organisation_id", "consent_wording.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "slot_id"],
            ["meeting_slot.organisation_id", "meeting_slot.id"],
            ondelete="SET NULL (slot_id)",
        ),
        sa.UniqueConstraint("signing_id"),
        one_of("state", STATES),
        one_of("attended", ("came", "stayed_away")),
        sa.CheckConstraint("(state IN ('going', 'waiting')) = (confirmed_at IS NOT NULL)", name="confirmed"),
        sa.CheckConstraint("slot_id IS NULL OR state = 'going'", name="slot"),
    )
    op.create_index(
        "uq_sign_up_person",
        "sign_up",
        ["organisation_id", "action_id", "person_key"],
        unique=True,
        postgresql_where=sa.text("state IN ('going', 'waiting')"),
    )
    op.create_index(
        "ix_sign_up_organisation_id_action_id_state_confirmed_at",
        "sign_up",
        ["organisation_id", "action_id", "state", "confirmed_at"],
    )
    op.create_index("ix_sign_up_organisation_id_slot_id", "sign_up", ["organisation_id", "slot_id"])
    secure(op, "sign_up", "owned")
    op.execute(
        "CREATE TRIGGER keeps_nobody BEFORE INSERT ON sign_up FOR EACH ROW EXECUTE FUNCTION app.refuse_people()"
    )


def _mail() -> None:
    op.create_table(
        "attendance_mail",
        *owned(),
        sa.Column("sign_up_id", sa.Uuid, nullable=False),
        words("kind"),
        words("key", server_default=""),
        instant("dropped_at"),
        *[
            instant(name)
            for name in ("confirmation_due_at", "confirmation_sent_at", "confirmation_refused_at")
        ],
        sa.Column("confirmation_tries", sa.Integer, nullable=False, server_default="0"),
        words("confirmation_language", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "sign_up_id"],
            ["sign_up.organisation_id", "sign_up.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "sign_up_id", "kind", "key"),
        one_of("kind", KINDS),
        sa.CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
    )
    op.create_index(
        "ix_attendance_mail_organisation_id_confirmation_due_at",
        "attendance_mail",
        ["organisation_id", "confirmation_due_at"],
        postgresql_where=sa.text("confirmation_sent_at IS NULL AND dropped_at IS NULL"),
    )
    secure(op, "attendance_mail", "owned")


def _forget_language(gone: str) -> None:
    op.execute(f"""
        CREATE OR REPLACE FUNCTION app.forget_language() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NEW.confirmation_sent_at IS NOT NULL OR NEW.confirmation_refused_at IS NOT NULL
             OR {gone} THEN
            NEW.confirmation_language := NULL;
          END IF;
          RETURN NEW;
        END $body$""")


def _guard() -> None:
    """Who signed up for what never changes; details go with the state, and a language with the mail."""
    # Not every row with a mail has a state: one of these is dropped.
    _forget_language(
        "coalesce(to_jsonb(NEW) ->> 'state', 'pending') NOT IN ('pending', 'unconfirmed') "
        "OR to_jsonb(NEW) ->> 'dropped_at' IS NOT NULL"
    )
    gone = " ".join(f"NEW.{name} := NULL;" for name in (*SECRETS, "email_key", "person_key"))
    op.execute(f"""
        CREATE FUNCTION app.guard_sign_up() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF (NEW.organisation_id, NEW.id, NEW.action_id, NEW.signing_id, NEW.consent, NEW.consent_version)
               IS DISTINCT FROM (OLD.organisation_id, OLD.id, OLD.action_id, OLD.signing_id, OLD.consent,
                                 OLD.consent_version) THEN
              RAISE EXCEPTION 'who signed up for what, and in which words, never changes';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ('unconfirmed>going',
                'unconfirmed>waiting', 'unconfirmed>erased', 'waiting>going', 'going>withdrawn', 'waiting>withdrawn') THEN
              RAISE EXCEPTION 'a sign-up cannot go from % to %', OLD.state, NEW.state;
            END IF;
          END IF;
          IF NEW.state IN ('withdrawn', 'erased') THEN
            {gone}
            NEW.confirmed_at := NULL; NEW.slot_id := NULL; NEW.area_id := NULL; NEW.attended := NULL;
            NEW.marked_label := NULL; NEW.invitations_wording_id := NULL;
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_sign_up() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON sign_up FOR EACH ROW EXECUTE FUNCTION app.guard_sign_up()"
    )
    op.execute(
        "CREATE TRIGGER language BEFORE UPDATE ON attendance_mail FOR EACH ROW "
        "WHEN (NEW.confirmation_language IS NOT NULL) EXECUTE FUNCTION app.forget_language()"
    )


def _reach() -> None:
    """As with contacts: an officer's are those of the own unit's actions, an analyst sees numbers and nobody."""
    own = (
        "(SELECT app.own_role()) = 'officer' AND EXISTS (SELECT FROM action_detail d "
        "WHERE d.organisation_id = {table}.organisation_id AND d.action_id = {table}.action_id "
        "AND d.unit_id = (SELECT app.own_unit()))"
    )
    for table in ("sign_up", "meeting_slot", "lobby_briefing"):
        restrict(op, table, "reach", "ALL", f"{WHOLE} OR {own.format(table=table)}")
    restrict(
        op,
        "attendance_mail",
        "reach",
        "ALL",
        f"{WHOLE} OR EXISTS (SELECT FROM sign_up s WHERE s.organisation_id = attendance_mail.organisation_id "
        "AND s.id = attendance_mail.sign_up_id)",
    )
    define(
        op,
        "app.attendance_counts(action uuid)",
        "TABLE (going bigint, waiting bigint, came bigint, stayed_away bigint)",
        "SELECT count(*) FILTER (WHERE state = 'going'), count(*) FILTER (WHERE state = 'waiting'), "
        "count(*) FILTER (WHERE attended = 'came'), count(*) FILTER (WHERE attended = 'stayed_away') "
        "FROM sign_up WHERE organisation_id = app.org() AND action_id = action",
        grant=STAFF,
    )


def _public() -> None:
    """The public writes an unconfirmed sign-up of its own signing with its one mail, and sees and changes that one only."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE (name_cipher, postcode_cipher, area_id) ON sign_up TO {PUBLIC}")
    policy(
        op,
        "sign_up",
        "write",
        "INSERT",
        PUBLIC,
        f"{MINE} AND state = 'unconfirmed' AND num_nonnulls(confirmed_at, placed_at, ended_at, slot_id, attended, "
        "contact_kept_at, told) = 0 AND EXISTS (SELECT FROM branch_action a "
        f"WHERE a.organisation_id = sign_up.organisation_id AND a.id = sign_up.action_id AND {COMING}) "
        "AND NOT EXISTS (SELECT FROM sign_up_page p WHERE p.organisation_id = sign_up.organisation_id "
        "AND p.action_id = sign_up.action_id AND p.closed_at IS NOT NULL)",
    )
    policy(op, "sign_up", "mine_read", "SELECT", PUBLIC, MINE)
    standing = f"{MINE} AND state IN ('unconfirmed', 'going', 'waiting')"
    policy(op, "sign_up", "mine_update", "UPDATE", PUBLIC, standing)
    op.execute(f"GRANT INSERT ON attendance_mail TO {PUBLIC}")
    policy(
        op,
        "attendance_mail",
        "write",
        "INSERT",
        PUBLIC,
        "kind = 'confirm' AND key = '' AND confirmation_sent_at IS NULL AND EXISTS (SELECT FROM sign_up s "
        "WHERE s.organisation_id = attendance_mail.organisation_id AND s.id = attendance_mail.sign_up_id "
        f"AND s.{MINE} AND s.state = 'unconfirmed')",
    )


def _seats() -> None:
    """Whoever takes or gives up a place takes turns: of two who want the last one, one gets it and the other waits."""
    op.execute(
        f"GRANT SELECT, UPDATE (state, confirmed_at, placed_at, ended_at, told) ON sign_up TO {COUNTER}"
    )
    policy(op, "sign_up", "definer_read", "SELECT", COUNTER, "true")
    policy(op, "sign_up", "definer_update", "UPDATE", COUNTER, "true")
    op.execute(f"GRANT SELECT, INSERT ON attendance_mail TO {COUNTER}")
    policy(op, "attendance_mail", "definer_read", "SELECT", COUNTER, "true")
    policy(op, "attendance_mail", "definer_write", "INSERT", COUNTER, "kind = 'place'")
    define(
        op,
        "app.told_of(organisation uuid, action uuid)",
        "text",
        "SELECT md5(concat_ws('|', a.starts_at AT TIME ZONE 'UTC', a.ends_at AT TIME ZONE 'UTC', a.all_day, a.area, "
        "coalesce(a.place, ''), coalesce(a.postcode, ''))) "
        "FROM branch_action a WHERE a.organisation_id = organisation AND a.id = action",
        grant=STAFF,
    )
    # No number: how many are coming is nobody's business outside.
    define(
        op,
        "app.is_full(organisation uuid, action uuid)",
        "boolean",
        """
        DECLARE
          seats integer;
        BEGIN
          SELECT a.capacity INTO seats FROM branch_action a WHERE a.organisation_id = organisation AND a.id = action;
          RETURN seats IS NOT NULL AND seats <= (SELECT count(*) FROM sign_up s
            WHERE s.organisation_id = organisation AND s.action_id = action AND s.state = 'going');
        END""",
        grant=f"{PUBLIC}, {STAFF}",
    )
    define(
        op,
        "app.fill_seats(organisation uuid, action uuid)",
        "integer",
        f"""
        DECLARE
          seats integer; taken bigint; one record; filled integer := 0;
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('seats:' || action, 0));
          SELECT a.capacity INTO seats FROM branch_action a
           WHERE a.organisation_id = organisation AND a.id = action AND {COMING};
          IF NOT FOUND THEN RETURN 0; END IF;
          SELECT count(*) INTO taken FROM sign_up s
           WHERE s.organisation_id = organisation AND s.action_id = action AND s.state = 'going';
          FOR one IN SELECT s.id FROM sign_up s
                       WHERE s.organisation_id = organisation AND s.action_id = action AND s.state = 'waiting'
                       ORDER BY s.confirmed_at, s.id LIMIT greatest(seats - taken, 0) LOOP
            UPDATE sign_up s SET state = 'going', placed_at = clock_timestamp()
             WHERE s.organisation_id = organisation AND s.id = one.id;
            INSERT INTO attendance_mail (organisation_id, id, sign_up_id, kind, confirmation_due_at)
            VALUES (organisation, gen_random_uuid(), one.id, 'place', now()) ON CONFLICT DO NOTHING;
            filled := filled + 1;
          END LOOP;
          RETURN filled;
        END""",
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.fill_own_seats(action uuid)",
        "integer",
        "SELECT app.fill_seats(app.org(), action)",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.confirm_sign_up()",
        "text",
        f"""
        DECLARE
          mine record; seats integer; taken bigint; got text;
        BEGIN
          SELECT organisation_id, id, action_id, person_key INTO mine FROM sign_up WHERE {MINE} AND state = 'unconfirmed';
          IF NOT FOUND THEN RETURN 'nothing'; END IF;
          PERFORM app.fill_seats(mine.organisation_id, mine.action_id);
          SELECT a.capacity INTO seats FROM branch_action a
           WHERE a.organisation_id = mine.organisation_id AND a.id = mine.action_id AND {COMING}
             AND NOT EXISTS (SELECT FROM sign_up_page p WHERE p.organisation_id = a.organisation_id
                              AND p.action_id = a.id AND p.closed_at IS NOT NULL);
          IF NOT FOUND THEN RETURN 'closed'; END IF;
          IF EXISTS (SELECT FROM sign_up s WHERE s.organisation_id = mine.organisation_id
                      AND s.action_id = mine.action_id AND s.person_key = mine.person_key
                      AND s.state IN ('going', 'waiting')) THEN RETURN 'already'; END IF;
          SELECT count(*) INTO taken FROM sign_up s
           WHERE s.organisation_id = mine.organisation_id AND s.action_id = mine.action_id AND s.state = 'going';
          got := CASE WHEN seats IS NULL OR taken < seats THEN 'going' ELSE 'waiting' END;
          UPDATE sign_up s SET state = got, confirmed_at = clock_timestamp(),
                 told = app.told_of(mine.organisation_id, mine.action_id)
           WHERE s.organisation_id = mine.organisation_id AND s.id = mine.id AND s.state = 'unconfirmed';
          RETURN CASE WHEN FOUND THEN got ELSE 'nothing' END;
        END""",
        grant=PUBLIC,
        options="VOLATILE",
    )
    define(
        op,
        "app.leave_sign_up()",
        "text",
        f"""
        DECLARE
          mine record; after text;
        BEGIN
          SELECT organisation_id, id, action_id INTO mine FROM sign_up WHERE {MINE};
          IF NOT FOUND THEN RETURN 'nothing'; END IF;
          PERFORM pg_advisory_xact_lock(hashtextextended('seats:' || mine.action_id, 0));
          UPDATE sign_up s SET ended_at = clock_timestamp(),
                 state = CASE WHEN s.state = 'unconfirmed' THEN 'erased' ELSE 'withdrawn' END
           WHERE s.organisation_id = mine.organisation_id AND s.id = mine.id
             AND s.state IN ('unconfirmed', 'going', 'waiting')
          RETURNING s.state INTO after;
          IF after IS NULL THEN RETURN 'nothing'; END IF;
          PERFORM app.fill_seats(mine.organisation_id, mine.action_id);
          RETURN after;
        END""",
        grant=PUBLIC,
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DELETE FROM export_record WHERE kind = 'attendees'")
    _exports(EXPORTS)
    for function in (
        "leave_sign_up()",
        "confirm_sign_up()",
        "fill_own_seats(uuid)",
        "fill_seats(uuid, uuid)",
        "is_full(uuid, uuid)",
        "told_of(uuid, uuid)",
        "attendance_counts(uuid)",
    ):
        op.execute(f"DROP FUNCTION app.{function}")
    for table in ("attendance_mail", "sign_up", "lobby_briefing", "meeting_slot"):
        op.drop_table(table)
    op.execute("DROP POLICY published ON consent_wording")
    op.execute(
        f"REVOKE SELECT (organisation_id, id, purpose, version, text) ON consent_wording FROM {PUBLIC}"
    )
    op.drop_table("sign_up_page")
    op.execute("DROP FUNCTION app.guard_sign_up()")
    _forget_language("NEW.state NOT IN ('pending', 'unconfirmed')")
    op.execute("DROP POLICY published ON action_area")
    op.execute(f"REVOKE SELECT (organisation_id, action_id, area_id) ON action_area FROM {PUBLIC}")
    op.execute("DROP POLICY published ON branch_action")
    op.execute("DROP POLICY definer_read ON branch_action")
    op.execute(f"REVOKE SELECT ({HEADLINE}) ON branch_action FROM {PUBLIC}")
    op.execute(f"REVOKE SELECT ON branch_action FROM {COUNTER}")
