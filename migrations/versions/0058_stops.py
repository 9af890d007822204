"""What people decide themselves: a question by email that only they answer, and one press that stops every partner."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.confirmation import KEPT_LANGUAGE
from organising.platform.schema import define, restrict, secure

revision = "0058_stops"
down_revision = "0066_retention"

STAFF = "organising_runtime"
ASKED = ("news", "invitations", "fundraising")
# As in 0051: within reach goes a contact, and what hangs on it.
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
# Where nobody speaks for an organisation: neither a member nor a job of one puts an address in, or takes one out.
GATE = "app.purpose() = 'identity'"
FUNCTIONS = (
    "stops_among(bytea[])", "is_stopped(bytea)", "lodge_stop(bytea)", "lift_stop(bytea)",
    "ask_stop(uuid, bytea, text, text)", "unsent_stops()", "read_stop_request(uuid)", "drop_stop_request(uuid)",
    "keep_stop_request(uuid, bytea, text, text, timestamptz)", "put_off_stop_request(uuid)",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("contact_mailing", sa.Column("segment_id", sa.Uuid))
    _requests()
    _stops()
    _functions()


def _requests() -> None:
    op.create_table(
        "consent_request",
        *owned(),
        words("kind"),
        words("state"),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("email_key", sa.LargeBinary, nullable=False),
        *(sa.Column(f"{one}_wording_id", sa.Uuid) for one in ASKED),
        instant("answered_at"),
        sa.Column("asked_by", sa.Uuid),
        words("author_label"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        instant("confirmation_due_at"),
        instant("confirmation_sent_at"),
        instant("confirmation_refused_at"),
        sa.Column("confirmation_tries", sa.Integer, nullable=False, server_default="0"),
        words("confirmation_language", nullable=True),
        sa.CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", f"{one}_wording_id"],
                ["consent_wording.organisation_id", "consent_wording.id"],
            )
            for one in ASKED
        ),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        one_of("kind", ("confirm", "link")),
        one_of("state", ("pending", "confirmed", "disowned")),
        sa.CheckConstraint(
            "(kind = 'confirm') = (num_nonnulls(news_wording_id, invitations_wording_id, fundraising_wording_id) > 0)",
            name="asks",
        ),
        sa.CheckConstraint("(state = 'pending') = (answered_at IS NULL)", name="answered"),
    )
    op.create_index(
        "ix_consent_request_organisation_id_contact_id_created_at", "consent_request",
        ["organisation_id", "contact_id", "created_at"],
    )  # fmt: skip
    op.create_index(
        "ix_consent_request_organisation_id_confirmation_due_at", "consent_request",
        ["organisation_id", "confirmation_due_at"], postgresql_where=sa.text("confirmation_sent_at IS NULL"),
    )  # fmt: skip
    secure(op, "consent_request", "owned")
    held = f"{WHOLE} OR EXISTS (SELECT FROM contact c WHERE c.id = consent_request.contact_id)"
    restrict(op, "consent_request", "reach", "ALL", held)
    op.execute(
        "CREATE TRIGGER language BEFORE UPDATE ON consent_request FOR EACH ROW "
        "WHEN (NEW.confirmation_language IS NOT NULL) EXECUTE FUNCTION app.forget_language()"
    )
    # Whoever said it was not them is not made to have agreed by anybody after that.
    op.execute("""
        CREATE FUNCTION app.guard_answer() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          RAISE check_violation USING MESSAGE = 'what was disowned stays disowned';
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_answer() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER answered BEFORE UPDATE ON consent_request FOR EACH ROW "
        "WHEN (OLD.state = 'disowned' AND NEW.state <> 'disowned') EXECUTE FUNCTION app.guard_answer()"
    )


def _stops() -> None:
    op.create_table(
        "stop_token",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        instant("lodged_at", nullable=False),
        schema="counting",
    )
    op.create_table(
        "stop_request",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("address_cipher", sa.LargeBinary, nullable=False),
        words("kind"),
        words("language", nullable=True),
        instant("asked_at", nullable=False),
        instant("due_at", nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        schema="counting",
    )
    for table in ("counting.stop_token", "counting.stop_request"):
        secure(op, table, "aggregate")


def _functions() -> None:
    made = (
        (
            "stops_among(tokens bytea[])", "SETOF bytea", "STABLE",
            "SELECT s.token FROM counting.stop_token s WHERE s.token = ANY (tokens)",
        ),
        (
            "is_stopped(one bytea)", "bool", "STABLE",
            f"SELECT {GATE} AND EXISTS (SELECT FROM counting.stop_token s WHERE s.token = one)",
        ),
        (
            "lodge_stop(one bytea)", "void", "VOLATILE",
            "INSERT INTO counting.stop_token (token, lodged_at) "
            f"SELECT one, clock_timestamp() WHERE {GATE} ON CONFLICT DO NOTHING",
        ),
        (
            "lift_stop(one bytea)", "void", "VOLATILE",
            f"DELETE FROM counting.stop_token s WHERE s.token = one AND {GATE}",
        ),
        (
            "ask_stop(request uuid, cipher bytea, told text, spoken text)", "void", "VOLATILE",
            "INSERT INTO counting.stop_request (id, address_cipher, kind, language, asked_at, due_at, tries) "
            f"SELECT request, cipher, told, spoken, clock_timestamp(), clock_timestamp(), 0 WHERE {GATE}",
        ),
        (
            "unsent_stops()", "SETOF uuid", "VOLATILE",
            f"DELETE FROM counting.stop_request WHERE asked_at < clock_timestamp() - interval '2 days' AND {GATE}; "
            f"SELECT id FROM counting.stop_request WHERE due_at < clock_timestamp() AND {GATE} ORDER BY due_at LIMIT 200",
        ),
        (
            "read_stop_request(request uuid)",
            "TABLE (address_cipher bytea, kind text, language text, asked_at timestamptz)", "STABLE",
            f"SELECT r.address_cipher, r.kind, r.language, r.asked_at FROM counting.stop_request r WHERE r.id = request AND {GATE}",
        ),
        (
            "drop_stop_request(request uuid)", "bool", "VOLATILE",
            f"WITH r AS (DELETE FROM counting.stop_request WHERE id = request AND {GATE} RETURNING 1) "
            "SELECT EXISTS (SELECT FROM r)",
        ),
        (
            "keep_stop_request(request uuid, cipher bytea, told text, spoken text, since timestamptz)", "void", "VOLATILE",
            "INSERT INTO counting.stop_request (id, address_cipher, kind, language, asked_at, due_at, tries) "
            f"SELECT request, cipher, told, spoken, since, clock_timestamp(), 0 WHERE {GATE} ON CONFLICT DO NOTHING",
        ),
        (
            "put_off_stop_request(request uuid)", "void", "VOLATILE",
            "UPDATE counting.stop_request SET tries = tries + 1, "
            "due_at = clock_timestamp() + make_interval(mins => least(2 ^ tries, 240)::int) "
            f"WHERE id = request AND {GATE}",
        ),
    )  # fmt: skip
    for signature, returns, options, body in made:
        define(op, f"app.{signature}", returns, body, grant=STAFF, options=options)


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION app.{name}")
    op.drop_table("stop_request", schema="counting")
    op.drop_table("stop_token", schema="counting")
    op.drop_table("consent_request")
    op.execute("DROP FUNCTION app.guard_answer()")
    # Meant for a segment alone, it must not go to everybody.
    op.execute(
        "DELETE FROM mailing m USING contact_mailing c WHERE c.organisation_id = m.organisation_id AND c.mailing_id = m.id "
        "AND c.segment_id IS NOT NULL AND m.state IN ('draft', 'in_review', 'approved', 'scheduled')"
    )
    op.drop_column("contact_mailing", "segment_id")
