"""Columns that tables of one ownership class have in common. Used by migrations."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa


def created() -> sa.Column[Any]:
    """When the row was made."""
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def instant(name: str, **options: Any) -> sa.Column[Any]:
    """A point in time, empty where ``nullable=False`` is not said."""
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def words(name: str, **options: Any) -> sa.Column[Any]:
    """A text; ``nullable=False`` unless said otherwise."""
    return sa.Column(name, sa.Text, **({"nullable": False} | options))


def to(table: str, name: str = "", *, ondelete: str | None = None, **options: Any) -> sa.Column[Any]:
    """A reference to another table's ``id``, called after it unless named."""
    return sa.Column(
        name or f"{table}_id", sa.Uuid, sa.ForeignKey(f"{table}.id", ondelete=ondelete), **options
    )


def one_of(column: str, kinds: Iterable[str]) -> sa.CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def reference() -> list[sa.schema.SchemaItem]:
    """What every reference table begins with."""
    return [sa.Column("id", sa.Uuid, primary_key=True), created()]


def shared() -> list[sa.schema.SchemaItem]:
    """What every shared table begins with: the campaign, and the organisation that wrote the row."""
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        words("author_label"),
        created(),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    ]


def owned() -> list[sa.schema.SchemaItem]:
    """What every owned table begins with: the organisation leads the key."""
    return [
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        created(),
    ]


def subject(*, required: bool = True) -> list[sa.schema.SchemaItem]:
    """A person in public life or an institution: exactly one of them where ``required``."""
    columns: list[sa.schema.SchemaItem] = [to("person"), to("institution")]
    if required:
        columns.append(sa.CheckConstraint("num_nonnulls(person_id, institution_id) = 1", name="subject"))
    return columns
