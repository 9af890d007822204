"""Files of contacts, kept sealed until they are applied, and what became of each row, so that it can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0053b_contact_imports"
down_revision = "0053_duplicates"

# As in 0053: an officer imports nothing.
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)


def upgrade() -> None:
    op.create_table(
        "contact_import",
        *owned(),
        sa.Column("file_name_cipher", sa.LargeBinary, nullable=False),
        sa.Column("content_cipher", sa.LargeBinary),
        sa.Column("digest_key", sa.LargeBinary, nullable=False),
        sa.Column("headers_key", sa.LargeBinary, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("meanings", JSONB, nullable=False),
        words("known_rule"),
        words("agreed", nullable=True),
        sa.Column("agreed_on", sa.Date),
        sa.Column("evidence_cipher", sa.LargeBinary),
        words("state"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("user_id", sa.Uuid),
        words("author_label"),
        instant("changed_at", nullable=False),
        instant("applied_at"),
        instant("undone_at"),
        one_of("state", ("checked", "applying", "done", "undoing", "undone")),
        one_of("known_rule", ("skip", "fill", "update")),
        sa.CheckConstraint("(agreed IS NULL) = (agreed_on IS NULL)", name="agreed"),
    )
    for column in ("created_at", "headers_key", "digest_key"):
        op.create_index(
            f"ix_contact_import_organisation_id_{column}", "contact_import", ["organisation_id", column]
        )
    secure(op, "contact_import", "owned")
    restrict(op, "contact_import", "reach", "ALL", WHOLE)
    op.create_table(
        "imported_row",
        *owned(),
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        words("deed"),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("before_cipher", sa.LargeBinary),
        instant("undone_at"),
        sa.Column("stays", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["contact_import.organisation_id", "contact_import.id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        sa.UniqueConstraint("organisation_id", "import_id", "number"),
        one_of("deed", ("added", "updated", "skipped", "wrong")),
    )
    op.create_index(
        "ix_imported_row_organisation_id_contact_id", "imported_row", ["organisation_id", "contact_id"]
    )
    secure(op, "imported_row", "owned")
    restrict(op, "imported_row", "reach", "ALL", WHOLE)


def downgrade() -> None:
    op.drop_table("imported_row")
    op.drop_table("contact_import")
