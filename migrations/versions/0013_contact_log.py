"""The contact log, complete: contacts with institutions, who took part, and what an edit replaced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import one_of, owned, shared, to, words
from organising.platform.schema import OWN, restrict, secure

revision = "0013_contact_log"
down_revision = "0012_approaches"

ROLES = (
    "researcher", "assistant", "caseworker", "chief_of_staff", "office_manager", "diary", "press", "official",
    "other",
)  # fmt: skip
DEEDS = ("edited", "added", "promoted", "withdrawn", "restored")
# As in 0003: an officer's own unit's, an analyst's none; a job of the organisation itself, all of it.
REACH = (
    "(SELECT app.usr()) IS NULL "
    "OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser') "
    "OR ((SELECT app.own_role()) = 'officer' AND unit_id = (SELECT app.own_unit()))"
)
ONE_SUBJECT = "num_nonnulls(person_id, institution_id) = 1"


def upgrade() -> None:
    _subjects()
    _attendees()
    _revisions()


def own_engagement(**options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["engagement_id", "organisation_id"], ["engagement.id", "engagement.organisation_id"], **options
    )


def _subjects() -> None:
    for table in ("engagement", "follow_up"):
        op.alter_column(table, "person_id", nullable=True)
        op.add_column(table, to("institution"))
        op.create_check_constraint("subject", table, ONE_SUBJECT)
    op.create_index(
        "ix_engagement_institution_id_happened_on",
        "engagement",
        ["institution_id", sa.text("happened_on DESC")],
    )
    op.create_index(
        "ix_follow_up_organisation_id_institution_id", "follow_up", ["organisation_id", "institution_id"]
    )


def _attendees() -> None:
    op.create_table(
        "engagement_attendee",
        *shared(),
        sa.Column("engagement_id", sa.Uuid, nullable=False, index=True),
        sa.Column("attending_id", sa.Uuid),
        words("staff_role", nullable=True),
        words("label"),
        own_engagement(ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "attending_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        one_of("staff_role", ROLES),
        sa.CheckConstraint("num_nonnulls(attending_id, staff_role) = 1", name="side"),
        # Of the representative's staff a role is kept, never a name.
        sa.CheckConstraint("staff_role IS NULL OR label = ''", name="no_name"),
        sa.CheckConstraint("char_length(label) <= 120", name="label"),
    )
    secure(op, "engagement_attendee", "shared")
    _with_its_contact("engagement_attendee")
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(
            op, "engagement_attendee", f"own_side_{command.lower()}", command, _within("engagement_attendee")
        )


def _revisions() -> None:
    op.create_table(
        "engagement_revision",
        *shared(),
        sa.Column("engagement_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        words("deed"),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("submission_key", sa.Uuid),
        own_engagement(),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        one_of("deed", DEEDS),
    )
    op.create_index(
        "ix_engagement_revision_engagement_id_created_at",
        "engagement_revision",
        ["engagement_id", "created_at"],
    )
    secure(op, "engagement_revision", "shared", write=False)
    _with_its_contact("engagement_revision")
    # Words are taken out for a reason: what was said before stays with who said it.
    restrict(op, "engagement_revision", "own_words", "SELECT", OWN)
    # Only who wrote the note takes words of it to where partners read them.
    authors = _within(
        "engagement_revision", "AND (deed <> 'promoted' OR n.author_user_id = (SELECT app.usr()))"
    )
    restrict(op, "engagement_revision", "own_side", "INSERT", authors)
    op.create_table(
        "engagement_note_revision",
        *owned(),
        to("engagement", nullable=False, index=True),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        words("author_label"),
        sa.Column("before_cipher", sa.LargeBinary),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
    )
    secure(op, "engagement_note_revision", "owned", write=False)
    restrict(op, "engagement_note_revision", "reach", "ALL", REACH)


def _with_its_contact(table: str) -> None:
    """The sub-select stands under the contact's own policies: what was withdrawn takes this with it."""
    restrict(
        op,
        table,
        "with_contact",
        "SELECT",
        f"EXISTS (SELECT FROM engagement e WHERE e.id = {table}.engagement_id)",
    )


def _within(table: str, more: str = "") -> str:
    """The sub-select sees only the notes within reach: an officer writes beside their own unit's contacts."""
    return f"EXISTS (SELECT FROM engagement_note n WHERE n.engagement_id = {table}.engagement_id {more})"


def downgrade() -> None:
    for table in ("engagement_note_revision", "engagement_revision", "engagement_attendee"):
        op.drop_table(table)
    # What hangs on an institution has no place in the tables before this.
    op.execute(
        "DELETE FROM engagement_note n USING engagement e WHERE e.id = n.engagement_id AND e.person_id IS NULL"
    )
    op.execute("DELETE FROM follow_up WHERE person_id IS NULL")
    op.execute("UPDATE follow_up f SET engagement_id = NULL FROM engagement e WHERE e.id = f.engagement_id "
               "AND e.person_id IS NULL")  # fmt: skip
    op.execute("DELETE FROM engagement WHERE person_id IS NULL")
    op.drop_index("ix_engagement_institution_id_happened_on", "engagement")
    op.drop_index("ix_follow_up_organisation_id_institution_id", "follow_up")
    for table in ("follow_up", "engagement"):
        op.drop_constraint("subject", table, type_="check")
        op.drop_column(table, "institution_id")
        op.alter_column(table, "person_id", nullable=False)
