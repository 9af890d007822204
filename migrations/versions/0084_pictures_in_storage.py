"""Photographs of reports and scans of sheets lie in the storage, as files that their own page governs.

What lies in rows already stays there, and is read from there, until a job has carried it over: a migration has no storage at hand.
"""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import words

revision = "0084_pictures_in_storage"
down_revision = "0081_motions"

TABLES = ("paper_scan", "report_photo")
GOES_ALONG = """
    CREATE FUNCTION app.let_file_go() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        DELETE FROM stored_file WHERE organisation_id = OLD.organisation_id AND id = OLD.file_id;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.add_column("stored_file", words("kept_for", nullable=True))
    op.execute(GOES_ALONG)
    op.execute("REVOKE ALL ON FUNCTION app.let_file_go() FROM PUBLIC")
    for table in TABLES:
        op.add_column(table, sa.Column("file_id", sa.Uuid))
        op.alter_column(table, "content_cipher", nullable=True)
        op.create_check_constraint(
            op.f(f"ck_{table}_content"), table, "num_nonnulls(content_cipher, file_id) = 1"
        )
        op.create_foreign_key(
            op.f(f"fk_{table}_organisation_id_stored_file"),
            table,
            "stored_file",
            ["organisation_id", "file_id"],
            ["organisation_id", "id"],
            ondelete="CASCADE",
        )
        op.create_index(op.f(f"ix_{table}_organisation_id_file_id"), table, ["organisation_id", "file_id"])
        # The key of a file goes in the same transaction as what it was kept for, whoever deletes that, and by which way.
        op.execute(
            f"CREATE TRIGGER file_goes_along AFTER DELETE ON {table} FOR EACH ROW "
            "WHEN (OLD.file_id IS NOT NULL) EXECUTE FUNCTION app.let_file_go()"
        )


def downgrade() -> None:
    connection = op.get_bind()
    for table in TABLES:
        away = connection.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE file_id IS NOT NULL"))
        if away:
            raise RuntimeError(
                f"{away} contents of {table} lie in the storage: run `organising files bring-back` before, so that none is lost"
            )
    for table in TABLES:
        op.execute(f"DROP TRIGGER file_goes_along ON {table}")
        op.drop_index(op.f(f"ix_{table}_organisation_id_file_id"), table)
        op.drop_constraint(op.f(f"fk_{table}_organisation_id_stored_file"), table, type_="foreignkey")
        op.drop_constraint(op.f(f"ck_{table}_content"), table, type_="check")
        op.alter_column(table, "content_cipher", nullable=False)
        op.drop_column(table, "file_id")
    op.execute("DROP FUNCTION app.let_file_go()")
    op.drop_column("stored_file", "kept_for")
