"""Calls: one action put to many units, what each answered, mail to their officers; and the coalition's calls to partners."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import secure

revision = "0073_calls"
down_revision = "0075_calendars"

KINDS = (
    "stall", "workplace_signing", "motion", "leafleting", "public_meeting", "lobby_day", "surgery_visit",
    "phonebank", "letter_writing", "assembly", "training",
)  # fmt: skip
OWN = ("organisation_id", "id")
TABLES = ("joint_call_part", "call_event", "call_mail", "call_unit", "action_call", "joint_call")


def upgrade() -> None:
    _joint()
    _calls()
    _units()
    _mails()
    _history()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _template() -> list[sa.schema.SchemaItem]:
    """The action that an answer turns into."""
    return [
        words("action_kind", nullable=True),
        words("action_title", nullable=True),
        sa.Column("action_on", sa.Date),
        sa.Column("action_starts", sa.Time),
        sa.Column("action_ends", sa.Time),
        sa.Column("action_public", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("straight", sa.Boolean, nullable=False, server_default=sa.false()),
        to("ask"),
        one_of("action_kind", KINDS),
        sa.CheckConstraint(
            "(action_kind IS NULL) = (action_title IS NULL) AND (action_kind IS NULL) = (action_on IS NULL)",
            name="action",
        ),
    ]


def _within(table: str, column: str) -> sa.ForeignKeyConstraint:
    """No row hangs on another organisation's."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.{name}" for name in OWN], ondelete="CASCADE"
    )


def _of_officer(column: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"unit_officer.{name}" for name in OWN], ondelete=ondelete
    )


def _joint() -> None:
    op.create_table(
        "joint_call",
        *shared(),
        words("title"),
        words("question"),
        words("text"),
        sa.Column("due_on", sa.Date, nullable=False),
        words("state"),
        *_template(),
        one_of("state", ("open", "withdrawn")),
    )
    op.create_index("ix_joint_call_campaign_id_due_on", "joint_call", ["campaign_id", "due_on"])
    op.create_table(
        "joint_call_part",
        *shared(),
        to("joint_call", nullable=False),
        words("decision"),
        sa.Column("asked", sa.Integer),
        sa.Column("doing", sa.Integer),
        instant("counted_at"),
        sa.UniqueConstraint("joint_call_id", "organisation_id"),
        one_of("decision", ("passed_on", "declined")),
        sa.CheckConstraint("asked % 5 = 0 AND asked >= 10", name="asked"),
        sa.CheckConstraint("doing % 5 = 0 AND doing >= 10", name="doing"),
    )
    for table in ("joint_call", "joint_call_part"):
        secure(op, table, "shared")


def _calls() -> None:
    op.create_table(
        "action_call",
        *owned(),
        words("title"),
        words("question"),
        sa.Column("text_cipher", sa.LargeBinary),
        sa.Column("due_on", sa.Date, nullable=False),
        words("state"),
        words("withdrawn_from", nullable=True),
        instant("opened_at"),
        instant("ended_at"),
        to("joint_call"),
        sa.Column("created_by", sa.Uuid),
        words("author_label"),
        sa.Column("version", sa.Integer, nullable=False),
        *_template(),
        one_of("state", ("draft", "open", "closed", "withdrawn")),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_from IS NOT NULL)", name="withdrawn_from"),
        sa.CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name="opened"),
    )
    op.create_index(
        "ix_action_call_organisation_id_state_due_on", "action_call", ["organisation_id", "state", "due_on"]
    )
    op.create_index(
        "ix_action_call_organisation_id_joint_call_id", "action_call", ["organisation_id", "joint_call_id"]
    )
    secure(op, "action_call", "owned")


def _units() -> None:
    op.create_table(
        "call_unit",
        *owned(),
        sa.Column("call_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        words("answer", nullable=True),
        instant("answered_at"),
        sa.Column("answered_officer_id", sa.Uuid),
        words("answered_label", nullable=True),
        sa.Column("answered_who_cipher", sa.LargeBinary),
        words("via", nullable=True),
        sa.Column("held_on", sa.Date),
        sa.Column("note_cipher", sa.LargeBinary),
        sa.Column("action_id", sa.Uuid),
        instant("helped_at"),
        words("helped_label", nullable=True),
        _within("action_call", "call_id"),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], [f"unit.{name}" for name in OWN]),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            [f"branch_action.{name}" for name in OWN],
            ondelete="SET NULL (action_id)",
        ),
        _of_officer("answered_officer_id", "SET NULL (answered_officer_id)"),
        sa.UniqueConstraint("organisation_id", "call_id", "unit_id"),
        one_of("answer", ("doing", "not_us", "need_help")),
        one_of("via", ("link", "phone")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )
    for column in ("unit_id", "action_id", "answered_officer_id"):
        op.create_index(f"ix_call_unit_organisation_id_{column}", "call_unit", ["organisation_id", column])
    secure(op, "call_unit", "owned")


def _mails() -> None:
    op.create_table(
        "call_mail",
        *owned(),
        sa.Column("call_id", sa.Uuid, nullable=False),
        sa.Column("call_unit_id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid, nullable=False),
        words("kind"),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        instant("accepted_at"),
        sa.Column("refusal_code", sa.Integer),
        instant("dropped_at"),
        instant("confirmation_due_at"),
        instant("confirmation_sent_at"),
        instant("confirmation_refused_at"),
        sa.Column("confirmation_tries", sa.Integer, nullable=False, server_default="0"),
        words("confirmation_language", nullable=True),
        _within("action_call", "call_id"),
        _within("call_unit", "call_unit_id"),
        _of_officer("officer_id", "CASCADE"),
        sa.UniqueConstraint("organisation_id", "batch_id", "call_unit_id", "officer_id"),
        one_of("kind", ("ask", "remind", "off")),
        sa.CheckConstraint(
            "confirmation_language IS NULL OR "
            "(confirmation_language IN ('cy', 'es', 'pt') AND confirmation_sent_at IS NULL)",
            name="confirmation_language",
        ),
    )
    op.create_index(
        "ix_call_mail_organisation_id_call_id_call_unit_id",
        "call_mail",
        ["organisation_id", "call_id", "call_unit_id"],
    )
    for column in ("call_unit_id", "officer_id"):
        op.create_index(f"ix_call_mail_organisation_id_{column}", "call_mail", ["organisation_id", column])
    op.create_index(
        "ix_call_mail_organisation_id_confirmation_due_at",
        "call_mail",
        ["organisation_id", "confirmation_due_at"],
        postgresql_where=sa.text("confirmation_sent_at IS NULL"),
    )
    secure(op, "call_mail", "owned")


def _history() -> None:
    op.create_table(
        "call_event",
        *owned(),
        sa.Column("call_id", sa.Uuid, nullable=False),
        sa.Column("call_unit_id", sa.Uuid),
        words("what"),
        sa.Column("user_id", sa.Uuid),
        words("user_label"),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("count", sa.Integer),
        sa.Column("said_cipher", sa.LargeBinary),
        _within("action_call", "call_id"),
        _within("call_unit", "call_unit_id"),
        _of_officer("officer_id", "SET NULL (officer_id)"),
    )
    op.create_index(
        "ix_call_event_organisation_id_call_id_created_at",
        "call_event",
        ["organisation_id", "call_id", "created_at"],
    )
    for column in ("call_unit_id", "officer_id"):
        op.create_index(f"ix_call_event_organisation_id_{column}", "call_event", ["organisation_id", column])
    secure(op, "call_event", "owned", write=False)
