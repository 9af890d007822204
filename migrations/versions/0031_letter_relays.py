"""An MP's answer, relayed once to those of their constituents who wrote."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import secure

revision = "0031_letter_relays"
down_revision = "0030_attachments"


def upgrade() -> None:
    op.create_table(
        "letter_relay",
        *owned(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        to("office_holding", "holding_id", nullable=False),
        words("state"),
        sa.Column("answer_cipher", sa.LargeBinary),
        words("approved_hash", nullable=True),
        sa.Column("drafted_by", sa.Uuid),
        words("drafted_by_label"),
        words("approved_by_label", nullable=True),
        instant("approved_at"),
        instant("finished_at"),
        one_of("state", ("draft", "approved", "finished")),
        sa.CheckConstraint("(state = 'draft') = (approved_hash IS NULL)", name="approved"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["letter_action.organisation_id", "letter_action.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "action_id", "holding_id"),
    )
    secure(op, "letter_relay", "owned")
    op.add_column("letter", instant("relayed_at"))
    op.add_column("letter", instant("relay_due_at"))


def downgrade() -> None:
    op.drop_column("letter", "relay_due_at")
    op.drop_column("letter", "relayed_at")
    op.drop_table("letter_relay")
