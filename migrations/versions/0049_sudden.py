"""Alerts: a lot of an organisation's own signatures at once with one thing in common, and who was written to about it."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import secure

revision = "0049_sudden"
down_revision = "0052_consent"


def upgrade() -> None:
    op.create_table(
        "pledge_alert",
        *owned(),
        to("pledge_drive", "drive_id", nullable=False),
        words("kind"),
        sa.Column("subject_cipher", sa.LargeBinary),
        sa.Column("subject_key", sa.LargeBinary, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("among", sa.Integer, nullable=False),
        sa.Column("usual", sa.SmallInteger),
        *(instant(name, nullable=False) for name in ("since", "until", "ends_at")),
        instant("dismissed_at"),
        words("dismissed_by", nullable=True),
        one_of("kind", ("domain", "source", "network")),
        sa.CheckConstraint("number >= 10 AND among >= number", name="number"),
        sa.CheckConstraint("(kind = 'network') = (subject_cipher IS NULL)", name="subject"),
        sa.CheckConstraint("(dismissed_at IS NULL) = (dismissed_by IS NULL)", name="dismissed"),
        sa.UniqueConstraint("organisation_id", "drive_id", "kind", "subject_key", "day"),
    )
    op.create_index("ix_pledge_alert_organisation_id_ends_at", "pledge_alert", ["organisation_id", "ends_at"])
    secure(op, "pledge_alert", "owned")
    op.create_table(
        "pledge_alert_notice",
        *owned(),
        sa.Column("alert_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        instant("sent_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "alert_id"],
            ["pledge_alert.organisation_id", "pledge_alert.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "alert_id", "user_id"),
    )
    secure(op, "pledge_alert_notice", "owned")


def downgrade() -> None:
    op.drop_table("pledge_alert_notice")
    op.drop_table("pledge_alert")
