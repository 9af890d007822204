"""Postcodes, and the areas that each lies in."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import reference, words
from organising.platform.schema import secure

revision = "0010_postcodes"
down_revision = "0009_imports"

CODES = ("constituency", "country", "county", "authority", "ward", "police_force", "health_board")
TABLES = ("postcode_place", "postcode", "postcode_load")


def upgrade() -> None:
    op.create_table(
        "postcode_place",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *(words(code) for code in CODES),
        sa.UniqueConstraint(*CODES),
    )
    op.create_table(
        "postcode",
        sa.Column("key", sa.Text(collation="C"), primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("postcode_place.id"), nullable=False),
        sa.Column("terminated_on", sa.Date),
    )
    op.create_table(
        "postcode_load",
        *reference(),
        words("file_name"),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("postcodes", "created", "updated", "removed")
        ),
    )
    for table in TABLES:
        secure(op, table, "reference")


def downgrade() -> None:
    for table in ("postcode_load", "postcode", "postcode_place"):
        op.drop_table(table)
