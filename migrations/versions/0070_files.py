"""Files: the organisation's own, their names and keys sealed; their contents lie in the storage."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import secure

revision = "0070_files"
down_revision = "0071c_unit_imports"

KINDS = (
    "image/jpeg",
    "image/png",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "text/plain",
    "text/csv",
)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        *owned(),
        sa.Column("name_cipher", sa.LargeBinary, nullable=False),
        words("kind"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_by", sa.Uuid),
        words("author_label"),
        instant("removed_at"),
        one_of("kind", KINDS),
        sa.CheckConstraint("size > 0", name="size"),
        sa.CheckConstraint("version > 0", name="version"),
    )
    op.create_index(
        "ix_stored_file_organisation_id_created_at_id", "stored_file", ["organisation_id", "created_at", "id"]
    )
    op.create_table(
        "file_version",
        *owned(),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        words("kind"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("small_size", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        words("author_label"),
        sa.Column("key_cipher", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "file_id"],
            ["stored_file.organisation_id", "stored_file.id"],
            ondelete="CASCADE",
        ),
        one_of("kind", KINDS),
        sa.CheckConstraint("size > 0 AND small_size >= 0", name="size"),
        sa.UniqueConstraint("organisation_id", "file_id", "number"),
    )
    secure(op, "stored_file", "owned")
    secure(op, "file_version", "owned")


def downgrade() -> None:
    op.drop_table("file_version")
    op.drop_table("stored_file")
