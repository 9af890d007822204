"""An introduction goes with the contact whom it was about, and with it what no partner has answered yet."""

from alembic import op

revision = "0068c_introduced_gone"
down_revision = "0068b_overlap"

NAME = "fk_introduction_organisation_id_contact_id"
COLUMNS = "FOREIGN KEY (organisation_id, contact_id) REFERENCES contact (organisation_id, id) ON DELETE"


def _replace(deed: str) -> None:
    # The name was written by the convention of names, or cut by the server: it is found rather than known.
    op.execute(
        """
        DO $do$ DECLARE found text; BEGIN
          SELECT conname INTO found FROM pg_constraint WHERE conrelid = 'introduction'::regclass
             AND confrelid = 'contact'::regclass AND contype = 'f';
          EXECUTE format('ALTER TABLE introduction DROP CONSTRAINT %I', found);
        END $do$
        """
    )
    op.execute(f"ALTER TABLE introduction ADD CONSTRAINT {NAME} {COLUMNS} {deed}")


def upgrade() -> None:
    _replace("CASCADE")


def downgrade() -> None:
    _replace("SET NULL (contact_id)")
