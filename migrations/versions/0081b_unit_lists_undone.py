"""What a list of units did is known by the list, so that the whole of it can be undone."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant

revision = "0081b_unit_lists_undone"
down_revision = "0081_joining_notice"

LINK = "fk_unit_change_organisation_id_unit_import_id_unit_import"


def upgrade() -> None:
    op.add_column("unit_import", instant("undone_at"))
    op.add_column("unit_import", sa.Column("undone_label", sa.Text))
    op.add_column("unit_change", sa.Column("unit_import_id", sa.Uuid))
    op.create_foreign_key(
        LINK,
        "unit_change",
        "unit_import",
        ["organisation_id", "unit_import_id"],
        ["organisation_id", "id"],
        ondelete="SET NULL (unit_import_id)",
    )
    op.create_index(
        "ix_unit_change_organisation_id_unit_import_id", "unit_change", ["organisation_id", "unit_import_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_unit_change_organisation_id_unit_import_id", "unit_change")
    op.drop_constraint(LINK, "unit_change")
    op.drop_column("unit_change", "unit_import_id")
    op.drop_column("unit_import", "undone_label")
    op.drop_column("unit_import", "undone_at")
