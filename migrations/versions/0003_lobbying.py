"""The contact log: engagements, the asks raised, private notes, positions and follow-ups."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import secure

revision = "0003_lobbying"
down_revision = "0002_representatives"

STAFF = "organising_runtime"
KINDS = ("meeting", "surgery", "call", "email", "letter", "event", "visit", "social")
ATTENDANCE = ("member", "staff", "none")
OUTCOMES = ("not_said", "helpful", "noncommittal", "unhelpful", "no_answer")
POSITIONS = (
    "champion", "supporter", "leaning_support", "undecided", "leaning_oppose", "opposed", "unknown",
)  # fmt: skip
CONFIDENCE = ("low", "medium", "high")
BASES = ("public_statement", "meeting", "letter", "vote", "edm", "third_party")
# A person's notes and follow-ups: an officer's own unit's, an analyst's none. Without a person, a job of the
# organisation itself: the whole of it.
REACH = (
    "(SELECT app.usr()) IS NULL "
    "OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser') "
    "OR ((SELECT app.own_role()) = 'officer' AND unit_id = (SELECT app.own_unit()))"
)


def created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def to(table: str, name: str = "", **options: bool) -> sa.Column:
    return sa.Column(name or f"{table}_id", sa.Uuid, sa.ForeignKey(f"{table}.id"), **options)


def one_of(column: str, kinds: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def shared() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("author_label", sa.Text, nullable=False),
        created(),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    ]


def owned() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        created(),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
    ]


def own_engagement(**options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["engagement_id", "organisation_id"], ["engagement.id", "engagement.organisation_id"], **options
    )


def restrict(table: str, name: str, command: str, condition: str, *, check: bool = True) -> None:
    """A policy that takes away: it must hold beside those of the table's class."""
    clauses = [] if command == "INSERT" else [f"USING ({condition})"]
    if check and command != "SELECT":
        clauses.append(f"WITH CHECK ({condition})")
    op.execute(f"CREATE POLICY {name} ON {table} AS RESTRICTIVE FOR {command} TO {STAFF} {' '.join(clauses)}")


def upgrade() -> None:
    _engagements()
    _notes()
    _positions()
    _follow_ups()


def _engagements() -> None:
    op.create_table(
        "engagement",
        *shared(),
        to("person", nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("attended_by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False, server_default="not_said"),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("out_of_office_reason", sa.Text),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        sa.UniqueConstraint("id", "organisation_id"),
        one_of("kind", KINDS),
        one_of("attended_by", ATTENDANCE),
        one_of("outcome", OUTCOMES),
        sa.CheckConstraint("char_length(headline) BETWEEN 1 AND 280", name="headline"),
    )
    op.create_index(
        "ix_engagement_person_id_happened_on", "engagement", ["person_id", sa.text("happened_on DESC")]
    )
    op.create_index(
        "ix_engagement_campaign_id_happened_on",
        "engagement",
        ["campaign_id", sa.text("happened_on DESC"), sa.text("created_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_engagement_campaign_id_created_at", "engagement", ["campaign_id", sa.text("created_at DESC")]
    )
    secure(op, "engagement", "shared")
    # What its author takes back is taken from the partners too: it may be withdrawn because it said too much.
    restrict(
        "engagement",
        "not_withdrawn",
        "SELECT",
        "withdrawn_at IS NULL OR organisation_id = (SELECT app.org())",
    )
    op.create_table(
        "engagement_ask",
        *shared(),
        sa.Column("engagement_id", sa.Uuid, nullable=False),
        to("ask", nullable=False, index=True),
        own_engagement(ondelete="CASCADE"),
        sa.UniqueConstraint("engagement_id", "ask_id"),
    )
    secure(op, "engagement_ask", "shared")


def _notes() -> None:
    op.create_table(
        "engagement_note",
        *owned(),
        to("engagement", nullable=False, index=True),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("author_user_id", sa.Uuid),
        sa.Column("body_cipher", sa.LargeBinary),
        sa.UniqueConstraint("organisation_id", "engagement_id"),
    )
    secure(op, "engagement_note", "owned")
    restrict("engagement_note", "reach", "ALL", REACH)
    # The sub-select sees only the notes within reach: an officer changes their own unit's headlines.
    restrict(
        "engagement",
        "own_side",
        "UPDATE",
        "EXISTS (SELECT FROM engagement_note n WHERE n.engagement_id = engagement.id)",
    )


def _positions() -> None:
    op.create_table(
        "position_claim",
        *shared(),
        to("person", nullable=False),
        to("ask", nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("evidence_url", sa.Text),
        sa.Column("engagement_id", sa.Uuid),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("is_suggestion", sa.Boolean, nullable=False, server_default=sa.false()),
        own_engagement(),
        one_of("position", POSITIONS),
        one_of("confidence", CONFIDENCE),
        one_of("basis", BASES),
        sa.CheckConstraint("evidence_url ~* '^https?://'", name="evidence_url"),
    )
    op.create_index("ix_position_claim_person_id_ask_id", "position_claim", ["person_id", "ask_id"])
    op.create_index(
        "ix_position_claim_ask_id_person_id",
        "position_claim",
        ["ask_id", "person_id", "organisation_id", sa.text("held_on DESC")],
    )
    op.create_index("ix_position_claim_engagement_id", "position_claim", ["engagement_id"])
    secure(op, "position_claim", "shared", write=False)
    restrict(
        "position_claim",
        "officers_suggest",
        "INSERT",
        "is_suggestion OR (SELECT app.own_role()) IS DISTINCT FROM 'officer'",
    )


def _follow_ups() -> None:
    op.create_table(
        "follow_up",
        *owned(),
        to("person", nullable=False),
        to("engagement", index=True),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("what_cipher", sa.LargeBinary, nullable=False),
        sa.Column("owner_user_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("done_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "ix_follow_up_open",
        "follow_up",
        ["organisation_id", "owner_user_id", "due_on"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index("ix_follow_up_organisation_id_person_id", "follow_up", ["organisation_id", "person_id"])
    secure(op, "follow_up", "owned")
    restrict("follow_up", "reach", "ALL", REACH)


def downgrade() -> None:
    for table in ("follow_up", "position_claim", "engagement_ask"):
        op.drop_table(table)
    # The two name each other: the policy goes first.
    op.execute("DROP POLICY own_side ON engagement")
    op.drop_table("engagement_note")
    op.drop_table("engagement")
