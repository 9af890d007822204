"""Duplicates: rules of an organisation, pairs that are two people, and merges that can be undone for a while."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0053_duplicates"
down_revision = "0049_sudden"

# As in 0051: whoever keeps the whole organisation's contacts; an officer merges none.
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)


def upgrade() -> None:
    op.add_column("contact", sa.Column("merged_into_id", sa.Uuid))
    op.create_foreign_key(
        "fk_contact_organisation_id_merged_into_id", "contact", "contact", ["organisation_id", "merged_into_id"],
        ["organisation_id", "id"], ondelete="SET NULL (merged_into_id)",
    )  # fmt: skip
    op.create_check_constraint("merged", "contact", "merged_into_id IS NULL OR archived_at IS NOT NULL")
    op.create_index(
        "ix_contact_organisation_id_merged_into_id", "contact", ["organisation_id", "merged_into_id"]
    )
    _rules()
    _pairs()
    _merges()


def contact_key(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
    )


def _rules() -> None:
    op.create_table(
        "duplicate_rule",
        *owned(),
        words("kind"),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.UniqueConstraint("organisation_id", "kind"),
        one_of("kind", ("strict", "broad")),
        sa.CheckConstraint("threshold > 0", name="threshold"),
    )
    secure(op, "duplicate_rule", "owned")


def _pairs() -> None:
    op.create_table(
        "not_duplicate",
        *owned(),
        sa.Column("first_id", sa.Uuid, nullable=False),
        sa.Column("second_id", sa.Uuid, nullable=False),
        words("author_label"),
        contact_key("first_id"),
        contact_key("second_id"),
        sa.UniqueConstraint("organisation_id", "first_id", "second_id"),
        sa.CheckConstraint("first_id < second_id", name="order"),
    )
    op.create_index(
        "ix_not_duplicate_organisation_id_second_id", "not_duplicate", ["organisation_id", "second_id"]
    )
    secure(op, "not_duplicate", "owned")
    restrict(op, "not_duplicate", "reach", "ALL", WHOLE)


def _merges() -> None:
    op.create_table(
        "contact_merge",
        *owned(),
        sa.Column("kept_id", sa.Uuid, nullable=False),
        sa.Column("merged_id", sa.Uuid, nullable=False),
        words("author_label"),
        sa.Column("moved", JSONB, nullable=False),
        sa.Column("before_cipher", sa.LargeBinary),
        instant("undone_at"),
        words("undone_by", nullable=True),
        contact_key("kept_id"),
        contact_key("merged_id"),
        sa.CheckConstraint("kept_id <> merged_id", name="two"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
    )
    for column in ("kept_id", "merged_id"):
        op.create_index(
            f"ix_contact_merge_organisation_id_{column}", "contact_merge", ["organisation_id", column]
        )
    secure(op, "contact_merge", "owned")
    restrict(op, "contact_merge", "reach", "ALL", WHOLE)
    # What was decided is never changed; whose it is changes with a merge of these two contacts, and with nothing else.
    op.execute("GRANT UPDATE (contact_id) ON contact_consent TO organising_runtime")
    op.execute("""
        CREATE FUNCTION app.guard_consent_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NOT EXISTS (SELECT FROM contact_merge m WHERE m.organisation_id = OLD.organisation_id
               AND ((m.merged_id = OLD.contact_id AND m.kept_id = NEW.contact_id)
                 OR (m.kept_id = OLD.contact_id AND m.merged_id = NEW.contact_id))) THEN
            RAISE insufficient_privilege USING MESSAGE = 'a consent stays with whom it is of';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_consent_moves() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER moves BEFORE UPDATE OF contact_id ON contact_consent "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_consent_moves()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER moves ON contact_consent")
    op.execute("DROP FUNCTION app.guard_consent_moves()")
    op.execute("REVOKE UPDATE (contact_id) ON contact_consent FROM organising_runtime")
    for table in ("contact_merge", "not_duplicate", "duplicate_rule"):
        op.drop_table(table)
    op.drop_index("ix_contact_organisation_id_merged_into_id", "contact")
    op.drop_constraint("merged", "contact", type_="check")
    op.drop_column("contact", "merged_into_id")
