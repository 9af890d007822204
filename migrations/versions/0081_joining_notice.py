"""Which colleague was written to about a partner's decision on running two actions together."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import owned
from organising.platform.schema import secure

revision = "0081_joining_notice"
down_revision = "0080_motion_texts"


def upgrade() -> None:
    op.create_table(
        "action_joining_notice",
        *owned(),
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["action_joining.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "decision_id", "user_id"),
    )
    op.create_index("ix_action_joining_notice_decision_id", "action_joining_notice", ["decision_id"])
    secure(op, "action_joining_notice", "owned")


def downgrade() -> None:
    op.drop_table("action_joining_notice")
