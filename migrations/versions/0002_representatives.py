"""People in public office, their seats and terms, and how to reach them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from organising.platform.schema import secure

revision = "0002_representatives"
down_revision = "0001_firewall"

FOLDED = sa.Text(collation="C")
AREAS = ("westminster", "scottish", "senedd", "ni_assembly", "local_authority", "police_force", "icb")
OFFICES = (
    "mp", "peer", "msp", "ms", "mla", "pcc", "mayor", "minister", "shadow", "councillor", "chief_constable",
    "trust_ceo", "candidate",
)  # fmt: skip
CONTACTS = (
    "parliamentary_office", "constituency_office", "diary", "caseworker", "department", "website", "social",
)  # fmt: skip
TABLES = (
    "party", "area", "area_identifier", "person", "person_identifier", "person_name", "person_token",
    "office_holding", "contact_point", "seat_statement",
)  # fmt: skip


def key() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True)


def created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def to(table: str, name: str = "", **options: bool) -> sa.Column:
    return sa.Column(name or f"{table}_id", sa.Uuid, sa.ForeignKey(f"{table}.id"), **options)


def one_of(column: str, kinds: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def span() -> list[sa.schema.SchemaItem]:
    known = "('day', 'month', 'year')"
    return [
        sa.Column("start_on", sa.Date),
        sa.Column("start_precision", sa.Text, nullable=False, server_default="day"),
        sa.Column("end_on", sa.Date),
        sa.Column("end_precision", sa.Text, nullable=False, server_default="day"),
        sa.CheckConstraint(f"start_precision IN {known} AND end_precision IN {known}", name="precision"),
    ]


def upgrade() -> None:
    _areas()
    _persons()
    _holdings()
    _contact_points()
    for table in TABLES:
        secure(op, table, "reference")


def _areas() -> None:
    op.create_table(
        "party",
        key(),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("colour", sa.Text),
        created(),
    )
    op.create_table(
        "area",
        key(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sort_key", FOLDED, nullable=False),
        sa.Column("other_names", ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("gss_code", sa.Text),
        sa.Column("region", sa.Text),
        sa.Column("country", sa.Text),
        sa.Column("hex_q", sa.Integer),
        sa.Column("hex_r", sa.Integer),
        *span(),
        created(),
        one_of("kind", AREAS),
        sa.UniqueConstraint("kind", "gss_code", deferrable=True, initially="DEFERRED"),
    )
    op.create_index("ix_area_kind_sort_key", "area", ["kind", "sort_key"])
    op.create_table(
        "area_identifier",
        sa.Column("scheme", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        to("area", nullable=False, index=True),
        created(),
    )


def _persons() -> None:
    op.create_table(
        "person",
        key(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sort_key", FOLDED, nullable=False),
        sa.Column("family_name", sa.Text),
        sa.Column("full_title", sa.Text),
        sa.Column("salutation", sa.Text),
        sa.Column("salutation_checked_at", sa.DateTime(timezone=True)),
        sa.Column("salutation_checked_by", sa.Text),
        created(),
    )
    op.create_index("ix_person_sort_key_id", "person", ["sort_key", "id"])
    op.create_table(
        "person_identifier",
        sa.Column("scheme", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        to("person", nullable=False, index=True),
        created(),
    )
    op.create_table(
        "person_name",
        key(),
        to("person", nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("is_main", sa.Boolean, nullable=False),
        sa.Column("is_peerage", sa.Boolean, nullable=False),
        sa.Column("family_name", sa.Text),
        sa.Column("honorific", sa.Text),
        *span(),
        created(),
        sa.UniqueConstraint("person_id", "text", "is_main"),
    )
    op.create_table(
        "person_token",
        sa.Column("token", FOLDED, primary_key=True),
        to("person", primary_key=True, index=True),
        created(),
    )


def _holdings() -> None:
    op.create_table(
        "office_holding",
        key(),
        to("person", nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        to("area", index=True),
        to("party", index=True),
        *span(),
        sa.Column("start_reason", sa.Text),
        sa.Column("end_reason", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text),
        sa.Column("source_statement", sa.Text),
        sa.Column("source_note", sa.Text),
        created(),
        one_of("kind", OFFICES),
        sa.CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="order"),
        sa.UniqueConstraint("source", "source_id"),
    )
    op.create_index(
        "uq_office_holding_open_seat",
        "office_holding",
        ["area_id"],
        unique=True,
        postgresql_where=sa.text("end_on IS NULL AND kind = 'mp'"),
    )


def _contact_points() -> None:
    op.create_table(
        "contact_point",
        key(),
        to("person", nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("is_preferred", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("bounced_at", sa.DateTime(timezone=True)),
        created(),
        one_of("kind", CONTACTS),
        sa.CheckConstraint("coalesce(email, phone, address, url) IS NOT NULL", name="something"),
    )
    op.create_table(
        "seat_statement",
        sa.Column("source", sa.Text, primary_key=True),
        to("area", primary_key=True),
        to("person"),
        to("party"),
        created(),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
