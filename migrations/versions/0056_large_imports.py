"""Imports of 100,000 rows: kept in pieces, looked at and written by a worker step by step, stopped, gone on with, undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0056_large_imports"
down_revision = "0065b_backups"

# As in 0053b: an officer imports nothing.
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
BEFORE = ("checked", "applying", "done", "undoing", "undone")
STATES = ("reading", "refused", "checking", "checked", "applying", "stopped", "done", "undoing", "undone")
COUNTS = ("done", "added", "updated", "skipped", "wrong", "stayed")


def upgrade() -> None:
    op.drop_constraint("state", "contact_import", type_="check")
    # A file that was looked at only is read again, as pieces; one in the middle of being written keeps what is written.
    op.execute("UPDATE contact_import SET state = 'reading' WHERE state = 'checked'")
    op.execute("UPDATE contact_import SET state = 'done', content_cipher = NULL WHERE state = 'applying'")
    op.create_check_constraint("state", "contact_import", f"state IN ({', '.join(map(repr, STATES))})")
    op.alter_column("contact_import", "headers_key", nullable=True)
    for name in COUNTS:
        op.add_column("contact_import", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("contact_import", sa.Column("headers_cipher", sa.LargeBinary))
    op.add_column("contact_import", sa.Column("reason_cipher", sa.LargeBinary))
    op.add_column("contact_import", sa.Column("made_tags", JSONB, nullable=False, server_default="[]"))
    op.add_column("contact_import", sa.Column("pace", sa.Float))
    op.add_column("contact_import", sa.Column("wording_id", sa.Uuid))
    op.add_column("contact_import", instant("kept_until"))
    op.create_foreign_key(
        "fk_contact_import_organisation_id_wording_id", "contact_import", "consent_wording",
        ["organisation_id", "wording_id"], ["organisation_id", "id"],
    )  # fmt: skip
    for deed in ("added", "updated", "skipped", "wrong"):
        op.execute(
            f"UPDATE contact_import i SET {deed} = (SELECT count(*) FROM imported_row r WHERE r.organisation_id = "
            f"i.organisation_id AND r.import_id = i.id AND r.deed = '{deed}')"
        )
    op.execute(
        "UPDATE contact_import i SET done = rows, kept_until = coalesce(applied_at, changed_at) + interval '30 days', "
        "stayed = (SELECT count(*) FROM imported_row r WHERE r.organisation_id = i.organisation_id "
        "AND r.import_id = i.id AND r.stays)"
    )
    _pieces()
    _findings()
    op.create_index(
        "ix_imported_row_organisation_id_import_id_undone",
        "imported_row",
        ["organisation_id", "import_id", "number"],
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def _of_import() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "import_id"],
        ["contact_import.organisation_id", "contact_import.id"],
        ondelete="CASCADE",
    )


def _pieces() -> None:
    op.create_table(
        "import_piece",
        *owned(),
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("cells_cipher", sa.LargeBinary, nullable=False),
        sa.Column("seen_cipher", sa.LargeBinary),
        _of_import(),
        sa.UniqueConstraint("organisation_id", "import_id", "place"),
    )
    secure(op, "import_piece", "owned")
    restrict(op, "import_piece", "reach", "ALL", WHOLE)


def _findings() -> None:
    op.create_table(
        "import_finding",
        *owned(),
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        words("deed"),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("same_as", sa.Integer),
        sa.Column("faults_cipher", sa.LargeBinary),
        _of_import(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        sa.UniqueConstraint("organisation_id", "import_id", "number"),
        one_of("deed", ("updated", "skipped", "wrong")),
    )
    op.create_index(
        "ix_import_finding_organisation_id_contact_id", "import_finding", ["organisation_id", "contact_id"]
    )
    secure(op, "import_finding", "owned")
    restrict(op, "import_finding", "reach", "ALL", WHOLE)


def downgrade() -> None:
    op.drop_index("ix_imported_row_organisation_id_import_id_undone", "imported_row")
    op.drop_table("import_finding")
    op.drop_table("import_piece")
    # What is not written yet would have to be chosen again; what is, can be undone.
    op.execute("DELETE FROM contact_import WHERE state IN ('reading', 'refused', 'checking', 'checked')")
    op.execute("UPDATE contact_import SET state = 'done' WHERE state IN ('applying', 'stopped')")
    op.execute("DELETE FROM contact_import WHERE headers_key IS NULL")
    op.drop_constraint("fk_contact_import_organisation_id_wording_id", "contact_import", type_="foreignkey")
    for name in ("headers_cipher", "reason_cipher", "made_tags", "pace", "wording_id", "kept_until", *COUNTS):
        op.drop_column("contact_import", name)
    op.alter_column("contact_import", "headers_key", nullable=False)
    op.drop_constraint("state", "contact_import", type_="check")
    op.create_check_constraint("state", "contact_import", f"state IN ({', '.join(map(repr, BEFORE))})")
