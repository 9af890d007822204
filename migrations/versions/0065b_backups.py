"""When a backup was made, restored or rehearsed, and when the installation was last found well."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import secure

revision = "0065b_backups"
down_revision = "0064_breaches"


def upgrade() -> None:
    op.create_table(
        "installation_run",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("backup_made_at", sa.DateTime(timezone=True)),
        sa.Column("row_count", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("byte_count", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("seconds", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("kind IN ('backup', 'rehearsal', 'restore', 'doctor')", name="kind"),
    )
    op.create_index("ix_installation_run_kind_created_at", "installation_run", ["kind", "created_at"])
    secure(op, "installation_run", "reference", purpose="operations")


def downgrade() -> None:
    op.drop_table("installation_run")
