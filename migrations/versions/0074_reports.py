"""Reports: whom they met, earlier wordings, the mail that asks for a report, and questions of who checks it."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import secure

revision = "0074_reports"
down_revision = "0071_units"

OUTCOMES = "'carried', 'carried_as_amended', 'lost', 'remitted', 'withdrawn', 'not_reached'"


def owned() -> list[sa.Column]:
    return [
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("action_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["branch_action.organisation_id", "branch_action.id"],
            ondelete="CASCADE",
        ),
    ]


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("action_report", sa.Column("motion_outcome", sa.Text))
    op.add_column("action_report", instant("asked_back_at"))
    op.create_check_constraint("motion_outcome", "action_report", f"motion_outcome IN ({OUTCOMES})")
    _meetings()
    op.create_table(
        "report_version",
        *owned(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid),
        sa.Column("user_label", sa.Text, nullable=False),
        sa.Column("said_cipher", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("organisation_id", "action_id", "number"),
    )
    secure(op, "report_version", "owned", write=False)
    _chases()


def _meetings() -> None:
    op.create_table(
        "report_meeting",
        *owned(),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("engagement_id", sa.Uuid, nullable=False),
        sa.Column("attended_by", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id", "organisation_id"],
            ["engagement.id", "engagement.organisation_id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "action_id", "person_id"),
        sa.CheckConstraint("attended_by IN ('member', 'staff')", name="attended_by"),
    )
    op.create_index("ix_report_meeting_person_id", "report_meeting", ["person_id"])
    op.create_index("ix_report_meeting_engagement_id", "report_meeting", ["engagement_id"])
    secure(op, "report_meeting", "owned")


def _chases() -> None:
    op.create_table(
        "report_chase",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        instant("due_at", nullable=False),
        sa.Column("postponed", sa.Integer, nullable=False, server_default="0"),
        instant("sent_at"),
        sa.Column("refusal_code", sa.Integer),
        sa.Column("answer", sa.Text),
        instant("answered_at"),
        sa.UniqueConstraint("organisation_id", "action_id"),
        sa.CheckConstraint("answer IN ('happened', 'not')", name="answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at"),
    )
    op.create_index("ix_report_chase_organisation_id_due_at", "report_chase", ["organisation_id", "due_at"])
    secure(op, "report_chase", "owned")


def downgrade() -> None:
    for table in ("report_chase", "report_version", "report_meeting"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_action_report_motion_outcome"), "action_report")
    op.drop_column("action_report", "asked_back_at")
    op.drop_column("action_report", "motion_outcome")
