"""Actions: the shared headline and asks; detail, report and history of the author's organisation alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.schema import MEMBER, OWN, policy, secure

revision = "0005_actions"
down_revision = "0004_pledges"

STAFF = "organising_runtime"
KINDS = (
    "'stall', 'workplace_signing', 'motion', 'leafleting', 'public_meeting', 'lobby_day', 'surgery_visit', "
    "'phonebank', 'letter_writing', 'assembly', 'training'"
)
STATES = (
    "'draft', 'submitted', 'changes_requested', 'approved', 'scheduled', 'done', 'reported', 'checked', "
    "'closed', 'cancelled'"
)
COUNT = "BETWEEN 0 AND 100000"


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def uuid(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=nullable)


def words(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def shared() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        uuid("campaign_id"),
        uuid("organisation_id"),
        words("author_label"),
        created(),
    ]


def owned() -> list[sa.Column]:
    return [
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        created(),
    ]


def of_own_action() -> sa.ForeignKeyConstraint:
    """No row can hang on another organisation's action, nor tell whether there is one."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", "action_id"],
        ["branch_action.organisation_id", "branch_action.id"],
        ondelete="CASCADE",
    )


def upgrade() -> None:
    _headline()
    _asks()
    _detail()
    _report()
    _history()


def _headline() -> None:
    op.create_table(
        "branch_action",
        *shared(),
        words("kind"),
        words("title"),
        words("unit_label"),
        words("area"),
        instant("starts_at", nullable=False),
        instant("ends_at", nullable=False),
        sa.Column("all_day", sa.Boolean, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        words("state"),
        words("cancelled_from", nullable=True),
        instant("shared_at"),
        instant("reported_at"),
        sa.Column("attendance", sa.Integer),
        sa.Column("paper_pledges", sa.Integer),
        words("outcome", nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("organisation_id", "id"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint(
            "shared_at IS NOT NULL OR state IN ('draft', 'cancelled')", name="only_a_draft_is_unshared"
        ),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_from IS NOT NULL)", name="cancelled_from"),
        sa.CheckConstraint(f"attendance {COUNT}", name="attendance"),
        sa.CheckConstraint(f"paper_pledges {COUNT}", name="paper_pledges"),
    )
    op.create_index(
        "ix_branch_action_campaign_id_starts_at_id", "branch_action", ["campaign_id", "starts_at", "id"]
    )
    op.create_index("ix_branch_action_organisation_id_state", "branch_action", ["organisation_id", "state"])
    secure(op, "branch_action", "shared")
    # A draft is its author's organisation's alone. shared_at is set when a draft is first sent in, scheduled
    # or reported, and never taken back, so that a cancelled draft does not surface either.
    op.execute("DROP POLICY shared_read ON branch_action")
    policy(
        op, "branch_action", "shared_read", "SELECT", STAFF, f"{MEMBER} AND (shared_at IS NOT NULL OR {OWN})"
    )


def _asks() -> None:
    op.create_table(
        "action_ask",
        *shared(),
        uuid("action_id"),
        sa.Column("ask_id", sa.Uuid, sa.ForeignKey("ask.id"), nullable=False),
        sa.UniqueConstraint("action_id", "ask_id"),
        of_own_action(),
    )
    op.create_index("ix_action_ask_ask_id", "action_ask", ["ask_id"])
    op.create_index("ix_action_ask_organisation_id_action_id", "action_ask", ["organisation_id", "action_id"])
    secure(op, "action_ask", "shared")
    op.execute("DROP POLICY shared_read ON action_ask")
    # Within a policy branch_action is read under its own policy: the asks of a draft stay with the draft.
    policy(
        op,
        "action_ask",
        "shared_read",
        "SELECT",
        STAFF,
        f"{MEMBER} AND EXISTS (SELECT FROM branch_action a WHERE a.id = action_ask.action_id)",
    )


def _detail() -> None:
    op.create_table(
        "action_detail",
        *owned(),
        uuid("action_id"),
        uuid("unit_id", nullable=True),
        sa.Column("venue_cipher", sa.LargeBinary),
        sa.Column("notes_cipher", sa.LargeBinary),
        uuid("lead_user_id", nullable=True),
        uuid("created_by", nullable=True),
        words("approval", nullable=True),
        sa.UniqueConstraint("organisation_id", "action_id"),
        of_own_action(),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        sa.CheckConstraint("approval IN ('standing', 'person')", name="approval"),
    )
    op.create_index(
        "ix_action_detail_organisation_id_unit_id", "action_detail", ["organisation_id", "unit_id"]
    )
    secure(op, "action_detail", "owned")


def _report() -> None:
    op.create_table(
        "action_report",
        *owned(),
        uuid("action_id"),
        uuid("submission_key"),
        uuid("reported_by", nullable=True),
        sa.Column("leaflets", sa.Integer),
        sa.Column("representatives_met", sa.Integer),
        sa.Column("incidents_cipher", sa.LargeBinary),
        sa.Column("follow_ups_cipher", sa.LargeBinary),
        sa.UniqueConstraint("organisation_id", "action_id"),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        of_own_action(),
        sa.CheckConstraint(f"leaflets {COUNT}", name="leaflets"),
        sa.CheckConstraint(f"representatives_met {COUNT}", name="representatives_met"),
    )
    secure(op, "action_report", "owned")


def _history() -> None:
    op.create_table(
        "action_event",
        *owned(),
        uuid("action_id"),
        words("what"),
        uuid("user_id", nullable=True),
        words("user_label"),
        words("state"),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("comment_cipher", sa.LargeBinary),
        of_own_action(),
    )
    op.create_index(
        "ix_action_event_organisation_id_action_id_created_at",
        "action_event",
        ["organisation_id", "action_id", "created_at"],
    )
    secure(op, "action_event", "owned", write=False)


def downgrade() -> None:
    for table in ("action_event", "action_report", "action_detail", "action_ask", "branch_action"):
        op.drop_table(table)
