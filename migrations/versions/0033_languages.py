"""The language of a confirmation mail, kept with what it confirms until the mail goes, and no longer: it hints at nationality."""

import sqlalchemy as sa
from alembic import op

revision = "0033_languages"
down_revision = "0032_alike"

TABLES = ("pledge", "letter")
CHECK = "confirmation_language IS NULL OR (confirmation_language IN ('cy', 'es', 'pt') AND confirmation_sent_at IS NULL)"


def upgrade() -> None:
    # The database itself forgets it: with the claim to send, with a refusal for good, and with whatever ends the row.
    op.execute("""
        CREATE FUNCTION app.forget_language() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NEW.confirmation_sent_at IS NOT NULL OR NEW.confirmation_refused_at IS NOT NULL
             OR NEW.state NOT IN ('pending', 'unconfirmed') THEN
            NEW.confirmation_language := NULL;
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.forget_language() FROM PUBLIC")
    for table in TABLES:
        op.add_column(table, sa.Column("confirmation_language", sa.Text))
        op.create_check_constraint("confirmation_language", table, CHECK)
        op.execute(
            f"CREATE TRIGGER language BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (NEW.confirmation_language IS NOT NULL) EXECUTE FUNCTION app.forget_language()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER language ON {table}")
        op.drop_column(table, "confirmation_language")
    op.execute("DROP FUNCTION app.forget_language()")
