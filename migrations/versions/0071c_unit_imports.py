"""Lists of units that are uploaded: looked at before anything is written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, owned, words
from organising.platform.schema import restrict, secure

revision = "0071c_unit_imports"
down_revision = "0076b_reach"

IN_CHARGE = "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'admin')"


def upgrade() -> None:
    op.create_table(
        "unit_import",
        *owned(),
        sa.Column("author_user_id", sa.Uuid),
        words("author_label"),
        sa.Column("content_cipher", sa.LargeBinary),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        instant("applied_at"),
    )
    secure(op, "unit_import", "owned")
    restrict(op, "unit_import", "in_charge", "ALL", IN_CHARGE)


def downgrade() -> None:
    op.drop_table("unit_import")
