"""A call can name the template whose checklist, materials and risks each unit's action begins with."""

import sqlalchemy as sa
from alembic import op

revision = "0073b_call_templates"
down_revision = "0074b_photos"

TABLES = ("action_call", "joint_call")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table,
            sa.Column("template_id", sa.Uuid, sa.ForeignKey("action_template.id", ondelete="SET NULL")),
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "template_id")
