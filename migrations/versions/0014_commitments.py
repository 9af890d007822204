"""Commitments with their evidence and history; a follow-up's owner is a member of its organisation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import one_of, owned, shared, subject, to, words
from organising.platform.schema import restrict, secure

revision = "0014_commitments"
down_revision = "0013_contact_log"

KINDS = (
    "sign_pledge", "sign_edm", "table_edm", "written_question", "oral_question", "speak", "vote", "table_amendment",
    "write_to_minister", "meet_minister", "host_event", "public_statement", "visit_service", "join_appg",
)  # fmt: skip
STATES = (
    "asked", "considering", "promised", "delivered", "declined", "broken", "lapsed", "withdrawn",
)  # fmt: skip
EVIDENCE = ("parliament_record", "public_statement", "letter", "seen", "press", "other")
CHANGES = ("added", "moved", "redated", "edited", "chased", "undone")
# Without a person, a job of the organisation itself.
EDITORS = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
# The sub-select sees only the notes within reach: an officer writes down what was promised in a contact of their unit.
IN_OWN_CONTACT = (
    "(SELECT app.own_role()) = 'officer' AND EXISTS "
    "(SELECT FROM engagement_note n WHERE n.engagement_id = commitment.engagement_id)"
)
REACH = (
    "(SELECT app.usr()) IS NULL "
    "OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser') "
    "OR ((SELECT app.own_role()) = 'officer' AND unit_id = (SELECT app.own_unit()))"
)
STANDS = (
    "engagement_id IS NULL OR organisation_id = (SELECT app.org()) "
    "OR EXISTS (SELECT FROM engagement e WHERE e.id = commitment.engagement_id)"
)


def own_commitment() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["commitment_id", "organisation_id"],
        ["commitment.id", "commitment.organisation_id"],
        ondelete="CASCADE",
    )


def of_commitment() -> sa.Column:
    return sa.Column("commitment_id", sa.Uuid, nullable=False, index=True)


def upgrade() -> None:
    _commitments()
    _evidence()
    _history()
    _own()
    _secure()
    _follow_up_owners()


def _commitments() -> None:
    op.create_table(
        "commitment",
        *shared(),
        *subject(),
        words("kind"),
        to("ask", index=True),
        words("words", server_default=""),
        words("state"),
        sa.Column("asked_on", sa.Date, nullable=False),
        *[sa.Column(name, sa.Date) for name in ("promised_on", "due_on")],
        sa.Column(
            "due_key",
            sa.Date,
            sa.Computed("COALESCE(due_on, '9999-12-31'::date)", persisted=True),
            nullable=False,
        ),
        sa.Column("chased_on", sa.Date),
        sa.Column("engagement_id", sa.Uuid),
        to("parliament"),
        sa.Column("evidence_id", sa.Uuid),
        words("owner_label"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["engagement_id", "organisation_id"], ["engagement.id", "engagement.organisation_id"]
        ),
        sa.UniqueConstraint("id", "organisation_id"),
        one_of("kind", KINDS),
        one_of("state", STATES),
        sa.CheckConstraint("char_length(words) <= 280", name="words"),
        sa.CheckConstraint("(state = 'delivered') = (evidence_id IS NOT NULL)", name="evidence"),
        sa.CheckConstraint("state NOT IN ('promised', 'broken') OR promised_on IS NOT NULL", name="promised"),
    )
    op.create_index("ix_commitment_campaign_id_due_key_id", "commitment", ["campaign_id", "due_key", "id"])
    for column in ("person_id", "institution_id", "engagement_id", "parliament_id"):
        op.create_index(f"ix_commitment_{column}", "commitment", [column])


def _evidence() -> None:
    op.create_table(
        "commitment_evidence",
        *shared(),
        of_commitment(),
        words("kind"),
        words("url", nullable=True),
        words("words", nullable=True),
        sa.Column("seen_on", sa.Date, nullable=False),
        own_commitment(),
        sa.UniqueConstraint("id", "commitment_id"),
        one_of("kind", EVIDENCE),
        sa.CheckConstraint("url ~* '^https?://'", name="url"),
        sa.CheckConstraint("char_length(words) BETWEEN 1 AND 280", name="words"),
        sa.CheckConstraint("num_nonnulls(url, words) > 0", name="something"),
    )
    # Delivered needs evidence, and evidence of this very commitment, by the end of the transaction.
    op.create_foreign_key(
        "fk_commitment_evidence_id_id",
        "commitment",
        "commitment_evidence",
        ["evidence_id", "id"],
        ["id", "commitment_id"],
        deferrable=True,
        initially="DEFERRED",
    )


def _history() -> None:
    op.create_table(
        "commitment_change",
        *shared(),
        of_commitment(),
        words("kind"),
        words("state"),
        sa.Column("due_on", sa.Date),
        words("reason", nullable=True),
        sa.Column("before", JSONB),
        own_commitment(),
        one_of("kind", CHANGES),
    )


def _own() -> None:
    op.create_table(
        "commitment_own",
        *owned(),
        sa.Column("commitment_id", sa.Uuid, nullable=False),
        sa.Column("owner_user_id", sa.Uuid),
        sa.Column("unit_id", sa.Uuid),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        own_commitment(),
        sa.UniqueConstraint("organisation_id", "commitment_id"),
    )
    op.create_index(
        "ix_commitment_own_organisation_id_owner_user_id",
        "commitment_own",
        ["organisation_id", "owner_user_id"],
    )


def _secure() -> None:
    secure(op, "commitment", "shared")
    op.execute("REVOKE DELETE ON commitment FROM organising_runtime")
    restrict(op, "commitment", "editors_add", "INSERT", f"{EDITORS} OR {IN_OWN_CONTACT}")
    restrict(op, "commitment", "editors_change", "UPDATE", EDITORS)
    # What was promised in a contact that its author took out of the log left the partners' pages with it.
    restrict(op, "commitment", "not_withdrawn", "SELECT", STANDS)
    for table in ("commitment_evidence", "commitment_change"):
        secure(op, table, "shared", write=False)
        seen = f"EXISTS (SELECT FROM commitment c WHERE c.id = {table}.commitment_id)"
        restrict(op, table, "not_withdrawn", "SELECT", seen)
    restrict(op, "commitment_evidence", "editors_add", "INSERT", EDITORS)
    restrict(
        op,
        "commitment_change",
        "editors_add",
        "INSERT",
        f"{EDITORS} OR (kind = 'added' AND (SELECT app.own_role()) = 'officer')",
    )
    secure(op, "commitment_own", "owned")
    restrict(op, "commitment_own", "reach", "ALL", REACH)


def _follow_up_owners() -> None:
    # A trigger, not a policy: what someone who has left did not finish can still be finished and handed on.
    op.execute(
        "CREATE FUNCTION app.follow_up_owner() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path = public, pg_temp AS $body$ BEGIN "
        "IF NOT EXISTS (SELECT FROM membership m WHERE m.user_id = NEW.owner_user_id "
        "AND m.organisation_id = NEW.organisation_id AND m.ended_at IS NULL) THEN "
        "RAISE EXCEPTION 'a follow-up is done by a member of its organisation' USING ERRCODE = '23514'; "
        "END IF; RETURN NEW; END $body$"
    )
    op.execute("REVOKE ALL ON FUNCTION app.follow_up_owner() FROM PUBLIC")
    for when, event in (
        ("", "INSERT"),
        ("WHEN (NEW.owner_user_id <> OLD.owner_user_id) ", "UPDATE OF owner_user_id"),
    ):
        op.execute(
            f"CREATE TRIGGER owner_{event.split()[0].lower()} BEFORE {event} ON follow_up "
            f"FOR EACH ROW {when}EXECUTE FUNCTION app.follow_up_owner()"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER owner_insert ON follow_up")
    op.execute("DROP TRIGGER owner_update ON follow_up")
    op.execute("DROP FUNCTION app.follow_up_owner()")
    op.drop_table("commitment_own")
    op.drop_table("commitment_change")
    op.execute("DROP POLICY not_withdrawn ON commitment_evidence")
    op.drop_constraint("fk_commitment_evidence_id_id", "commitment", type_="foreignkey")
    op.drop_table("commitment_evidence")
    op.drop_table("commitment")
