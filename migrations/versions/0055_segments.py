"""Fields of an organisation's own for its contacts, segments, and the colleague who looks after somebody."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0055_segments"
down_revision = "0065_keys"

KINDS = ("text", "number", "day", "truth", "one_of", "several_of")
# As in 0051: within reach goes a contact, and what hangs on it.
ALL_CONTACTS = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
SETTERS = "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'admin')"
KEEPERS = f"{ALL_CONTACTS} OR (SELECT app.own_role()) = 'officer'"


def upgrade() -> None:
    op.add_column("contact", sa.Column("colleague_id", sa.Uuid))
    op.create_index("ix_contact_organisation_id_colleague_id", "contact", ["organisation_id", "colleague_id"])
    # Whether mail went to somebody is asked of each contact, not of each mailing.
    op.create_index(
        "ix_delivery_organisation_id_pledge_id",
        "delivery",
        ["organisation_id", "pledge_id"],
        postgresql_where=sa.text("pledge_id IS NOT NULL"),
    )
    _fields()
    _values()
    _segments()


def _fields() -> None:
    op.create_table(
        "contact_field",
        *owned(),
        words("name"),
        words("name_folded"),
        words("kind"),
        sa.Column("place", sa.Integer, nullable=False),
        instant("removed_at"),
        sa.UniqueConstraint("organisation_id", "name_folded"),
        one_of("kind", KINDS),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
    )
    op.create_table(
        "contact_field_option",
        *owned(),
        sa.Column("field_id", sa.Uuid, nullable=False),
        words("name"),
        words("name_folded"),
        sa.Column("place", sa.Integer, nullable=False),
        instant("removed_at"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "field_id"], ["contact_field.organisation_id", "contact_field.id"]
        ),
        sa.UniqueConstraint("organisation_id", "field_id", "name_folded"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
    )
    for table in ("contact_field", "contact_field_option"):
        secure(op, table, "owned")
        for command in ("INSERT", "UPDATE", "DELETE"):
            restrict(op, table, f"set_{command.lower()}", command, SETTERS)


def _values() -> None:
    op.create_table(
        "contact_field_value",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("field_id", sa.Uuid, nullable=False),
        sa.Column("option_id", sa.Uuid),
        sa.Column("number", sa.Numeric),
        sa.Column("day", sa.Date),
        sa.Column("truth", sa.Boolean),
        sa.Column("text_cipher", sa.LargeBinary),
        sa.Column("text_key", sa.LargeBinary),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "field_id"], ["contact_field.organisation_id", "contact_field.id"]
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "option_id"],
            ["contact_field_option.organisation_id", "contact_field_option.id"],
        ),
        sa.UniqueConstraint("organisation_id", "contact_id", "field_id", "option_id"),
        sa.CheckConstraint("num_nonnulls(option_id, number, day, truth, text_cipher) = 1", name="value"),
        sa.CheckConstraint("(text_cipher IS NULL) = (text_key IS NULL)", name="text_key"),
    )
    op.create_index(
        "ix_contact_field_value_organisation_id_field_id",
        "contact_field_value",
        ["organisation_id", "field_id"],
    )
    secure(op, "contact_field_value", "owned")
    held = f"{ALL_CONTACTS} OR EXISTS (SELECT FROM contact c WHERE c.id = contact_field_value.contact_id)"
    restrict(op, "contact_field_value", "reach", "ALL", held)


def _segments() -> None:
    op.create_table(
        "contact_segment",
        *owned(),
        words("name"),
        words("name_folded"),
        sa.Column("criteria_cipher", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("author_user_id", sa.Uuid),
        words("author_label"),
        instant("edited_at"),
        instant("removed_at"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 80", name="name"),
    )
    op.create_index(
        "uq_contact_segment_name",
        "contact_segment",
        ["organisation_id", "name_folded"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    secure(op, "contact_segment", "owned")
    restrict(op, "contact_segment", "keepers", "ALL", KEEPERS)


def downgrade() -> None:
    for table in ("contact_segment", "contact_field_value", "contact_field_option", "contact_field"):
        op.drop_table(table)
    op.drop_index("ix_delivery_organisation_id_pledge_id", "delivery")
    op.drop_index("ix_contact_organisation_id_colleague_id", "contact")
    op.drop_column("contact", "colleague_id")
