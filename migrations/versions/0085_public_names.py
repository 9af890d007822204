"""What of a body that carried a motion everybody may read: the name that its organisation agreed to, and no column about people."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import words
from organising.platform.schema import policy

revision = "0085_public_names"
down_revision = "0084_pictures_in_storage"

PUBLIC = "organising_public"
# Of each table what a public page needs; who wrote, agreed and published, the postcode and the unit are not among it.
COLUMNS = {
    "motion": (
        "id", "campaign_id", "organisation_id", "forum", "area", "state", "outcome", "decided_on", "published_at",
        "public_name", "shows_text",
    ),
    "motion_area": ("motion_id", "area_id"),
    "motion_carried_text": ("motion_id", "title", "notes", "believes", "resolves"),
}  # fmt: skip
NAMED = "EXISTS (SELECT FROM motion m WHERE m.id = motion_carried_text.motion_id{})"


def upgrade() -> None:
    op.add_column("motion", words("public_name", nullable=True))
    op.add_column("motion", sa.Column("shows_text", sa.Boolean, nullable=False, server_default=sa.false()))
    # What was agreed to until now was the body's own name, with the text.
    op.execute("UPDATE motion SET public_name = body, shows_text = true WHERE agreed_at IS NOT NULL")
    op.create_check_constraint(
        "public_name",
        "motion",
        "(agreed_at IS NULL) = (public_name IS NULL) AND (agreed_at IS NOT NULL OR NOT shows_text)",
    )
    op.create_check_constraint("public_name_length", "motion", "char_length(public_name) BETWEEN 1 AND 120")
    _keep_to_what_was_published()
    for table, columns in COLUMNS.items():
        op.execute(f"REVOKE SELECT ON {table} FROM {PUBLIC}")
        op.execute(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {PUBLIC}")
    op.execute("DROP POLICY published ON motion_carried_text")
    policy(op, "motion_carried_text", "published", "SELECT", PUBLIC, NAMED.format(" AND m.shows_text"))


def _keep_to_what_was_published() -> None:
    """The coordinator named a body as it was agreed: another name or the text beside it is agreed to and published anew."""
    op.execute("""
        CREATE FUNCTION app.keep_public_name() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          RAISE insufficient_privilege USING MESSAGE = 'a published name stays as it was published';
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.keep_public_name() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_public_name BEFORE UPDATE ON motion FOR EACH ROW "
        "WHEN (OLD.published_at IS NOT NULL AND NEW.published_at IS NOT NULL "
        "AND (NEW.public_name, NEW.shows_text) IS DISTINCT FROM (OLD.public_name, OLD.shows_text)) "
        "EXECUTE FUNCTION app.keep_public_name()"
    )


def downgrade() -> None:
    op.execute("DROP POLICY published ON motion_carried_text")
    policy(op, "motion_carried_text", "published", "SELECT", PUBLIC, NAMED.format(""))
    for table, columns in COLUMNS.items():
        op.execute(f"REVOKE SELECT ({', '.join(columns)}) ON {table} FROM {PUBLIC}")
        op.execute(f"GRANT SELECT ON {table} TO {PUBLIC}")
    op.execute("DROP TRIGGER keep_public_name ON motion")
    op.execute("DROP FUNCTION app.keep_public_name")
    for name in ("public_name", "public_name_length"):
        op.drop_constraint(f"ck_motion_{name}", "motion")
    for column in ("shows_text", "public_name"):
        op.drop_column("motion", column)
