"""Contacts: an organisation's own people, with details, areas, tags and notes, and the words they are found by."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0051_contacts"
down_revision = "0050c_updates_by_unit"

SECTORS = ("education", "health", "police", "local_authority", "jobcentre", "other", "not_public")
SOURCES = ("in_person", "event", "form", "paper", "referral", "import", "other")
# As in 0003: an officer's own unit's, an analyst's none; a job of the organisation itself, all of it.
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
REACH = f"{WHOLE} OR ((SELECT app.own_role()) = 'officer' AND unit_id = (SELECT app.own_unit()))"
CHILDREN = ("contact_detail", "contact_area", "contact_tag", "contact_note")


def upgrade() -> None:
    _contacts()
    _details()
    _tags()
    _notes()
    _tokens()
    op.create_index(
        "ix_audit_event_organisation_id_subject_id", "audit_event", ["organisation_id", "subject_id"]
    )


def of_contact(column: str = "contact_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
    )


def within_reach(table: str, column: str = "contact_id") -> None:
    """A contact's rows go with it: the sub-select stands under the contact's own policies."""
    held = f"{WHOLE} OR EXISTS (SELECT FROM contact c WHERE c.id = {table}.{column})"
    restrict(op, table, "reach", "ALL", held)


def _contacts() -> None:
    op.create_table(
        "contact",
        *owned(),
        words("kind"),
        words("name"),
        words("sort_key"),
        sa.Column("unit_id", sa.Uuid),
        words("sector", nullable=True),
        words("source", nullable=True),
        sa.Column("source_detail_cipher", sa.LargeBinary),
        sa.Column("job_cipher", sa.LargeBinary),
        sa.Column("workplace_cipher", sa.LargeBinary),
        sa.Column("language_cipher", sa.LargeBinary),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        instant("edited_at"),
        instant("archived_at"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"], ondelete="SET NULL (unit_id)"
        ),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        one_of("kind", ("person", "institution")),
        one_of("sector", SECTORS),
        one_of("source", SOURCES),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 200", name="name"),
    )
    op.create_index(
        "ix_contact_organisation_id_sort_key_id", "contact", ["organisation_id", "sort_key", "id"]
    )
    op.create_index("ix_contact_organisation_id_unit_id", "contact", ["organisation_id", "unit_id"])
    secure(op, "contact", "owned")
    restrict(op, "contact", "reach", "ALL", REACH)


def _details() -> None:
    op.create_table(
        "contact_detail",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        words("kind"),
        sa.Column("place", sa.SmallInteger, nullable=False),
        words("use"),
        sa.Column("value_cipher", sa.LargeBinary),
        sa.Column("value_key", sa.LargeBinary),
        words("postcode", nullable=True),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        of_contact(),
        sa.UniqueConstraint("organisation_id", "contact_id", "kind", "place"),
        one_of("kind", ("email", "phone", "address")),
        one_of("use", ("home", "work", "other")),
        sa.CheckConstraint("(kind = 'address') = (value_key IS NULL)", name="value_key"),
        sa.CheckConstraint("kind = 'address' OR postcode IS NULL", name="postcode"),
        sa.CheckConstraint("num_nonnulls(value_cipher, postcode) > 0", name="value"),
        sa.CheckConstraint("valid_until >= valid_from", name="validity"),
    )
    for column in ("value_key", "postcode"):
        op.create_index(
            f"ix_contact_detail_organisation_id_{column}", "contact_detail", ["organisation_id", column]
        )
    secure(op, "contact_detail", "owned")
    within_reach("contact_detail")
    op.create_table(
        "contact_area",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        words("gss_code"),
        of_contact(),
        sa.UniqueConstraint("organisation_id", "contact_id", "gss_code"),
    )
    op.create_index(
        "ix_contact_area_organisation_id_gss_code", "contact_area", ["organisation_id", "gss_code"]
    )
    secure(op, "contact_area", "owned")
    within_reach("contact_area")


def _tags() -> None:
    op.create_table(
        "tag",
        *owned(),
        words("name"),
        words("name_folded"),
        sa.UniqueConstraint("organisation_id", "name_folded"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
    )
    secure(op, "tag", "owned")
    op.create_table(
        "contact_tag",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("tag_id", sa.Uuid, nullable=False),
        of_contact(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "tag_id"], ["tag.organisation_id", "tag.id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("organisation_id", "contact_id", "tag_id"),
    )
    op.create_index("ix_contact_tag_organisation_id_tag_id", "contact_tag", ["organisation_id", "tag_id"])
    secure(op, "contact_tag", "owned")
    within_reach("contact_tag")


def _notes() -> None:
    op.create_table(
        "contact_note",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("author_user_id", sa.Uuid),
        words("author_label"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        sa.Column("body_cipher", sa.LargeBinary, nullable=False),
        instant("removed_at"),
        of_contact(),
        sa.UniqueConstraint("organisation_id", "submission_key"),
    )
    op.create_index(
        "ix_contact_note_organisation_id_contact_id_created_at",
        "contact_note",
        ["organisation_id", "contact_id", "created_at"],
    )
    secure(op, "contact_note", "owned")
    within_reach("contact_note")


def _tokens() -> None:
    op.create_table(
        "search_token",
        *owned(),
        sa.Column("token", sa.Text(collation="C"), primary_key=True),
        of_contact("id"),
    )
    op.create_index(
        "ix_search_token_organisation_id_token_id", "search_token", ["organisation_id", "token", "id"]
    )
    secure(op, "search_token", "owned")
    within_reach("search_token", "id")


def downgrade() -> None:
    op.drop_index("ix_audit_event_organisation_id_subject_id", "audit_event")
    for table in ("search_token", *reversed(CHILDREN), "tag", "contact"):
        op.drop_table(table)
