"""A version of a material may be a file that the organisation keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0072d_material_files"
down_revision = "0070_files"

KEY = "fk_action_material_version_organisation_id_file_id"


def upgrade() -> None:
    op.add_column("action_material_version", sa.Column("file_id", sa.Uuid))
    op.create_foreign_key(
        op.f(KEY),
        "action_material_version",
        "stored_file",
        ["organisation_id", "file_id"],
        ["organisation_id", "id"],
        ondelete="SET NULL (file_id)",
    )
    op.create_index(
        "ix_action_material_version_organisation_id_file_id",
        "action_material_version",
        ["organisation_id", "file_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_action_material_version_organisation_id_file_id", "action_material_version")
    op.drop_constraint(op.f(KEY), "action_material_version")
    op.drop_column("action_material_version", "file_id")
