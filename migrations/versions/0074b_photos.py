"""Photographs of actions: the organisation's own, sealed, each kept once."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import secure

revision = "0074b_photos"
down_revision = "0076_attendance"


def upgrade() -> None:
    op.create_table(
        "report_photo",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("action_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("may_be_shown", sa.Boolean, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("content_cipher", sa.LargeBinary, nullable=False),
        sa.Column("added_by", sa.Uuid),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["branch_action.organisation_id", "branch_action.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "action_id", "number"),
        sa.UniqueConstraint("organisation_id", "action_id", "client_id"),
    )
    secure(op, "report_photo", "owned")


def downgrade() -> None:
    op.drop_table("report_photo")
