"""Overlaps and hexagon layouts of areas, who answers for what in them, and what registers last said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from organising.platform.columns import created, reference, to, words
from organising.platform.schema import secure

revision = "0008_areas"
down_revision = "0007_institutions"

KINDS = ("westminster", "scottish", "senedd", "ni_assembly", "local_authority", "police_force", "icb")
ADDED = ("combined_authority", "fire_authority", "region", "nhs_region", "country")
TABLES = ("area_overlap", "area_layout", "area_layout_cell", "responsibility", "register_statement")


def upgrade() -> None:
    _kinds((*KINDS, *ADDED))
    op.add_column(
        "institution", sa.Column("other_names", ARRAY(sa.Text), nullable=False, server_default="{}")
    )
    _overlaps()
    _layouts()
    _registers()
    for table in TABLES:
        secure(op, table, "reference")


def _kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_area_kind"), "area", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_area_kind"), "area", f"kind IN ({listed})")


def _overlaps() -> None:
    shares = ("population_share", "area_share", "to_population_share", "to_area_share")
    op.create_table(
        "area_overlap",
        words("source", primary_key=True),
        to("area", "from_area_id", primary_key=True, index=True),
        to("area", "to_area_id", primary_key=True, index=True),
        *[sa.Column(share, sa.Double) for share in shares],
        sa.Column("ended_on", sa.Date),
        created(),
        sa.CheckConstraint("from_area_id <> to_area_id", name="two"),
        sa.CheckConstraint(" AND ".join(f"{share} BETWEEN 0 AND 1" for share in shares), name="shares"),
    )


def _layouts() -> None:
    op.create_table(
        "area_layout",
        *reference(),
        words("name", unique=True),
        words("kind"),
        words("orientation"),
        words("version", nullable=True),
    )
    op.create_table(
        "area_layout_cell",
        to("area_layout", "layout_id", primary_key=True),
        to("area", primary_key=True, index=True),
        sa.Column("q", sa.Integer, nullable=False),
        sa.Column("r", sa.Integer, nullable=False),
        created(),
        sa.UniqueConstraint("layout_id", "q", "r", deferrable=True, initially="DEFERRED"),
    )


def _registers() -> None:
    op.create_table(
        "responsibility",
        to("area", primary_key=True),
        words("service", primary_key=True),
        words("body", primary_key=True),
        to("institution", index=True),
        sa.Column("ended_on", sa.Date),
        created(),
    )
    op.create_table(
        "register_statement",
        words("source", primary_key=True),
        words("key", primary_key=True),
        to("area"),
        to("institution"),
        words("statement"),
        created(),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("institution", "other_names")
    _kinds(KINDS)
