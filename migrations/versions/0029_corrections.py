"""A mailing that corrects another one: it goes to those who got the first."""

import sqlalchemy as sa
from alembic import op

revision = "0029_corrections"
down_revision = "0028_agreed_lines"


def upgrade() -> None:
    op.add_column("mailing", sa.Column("corrects_id", sa.Uuid))
    op.create_foreign_key(
        op.f("fk_mailing_corrects_id"),
        "mailing",
        "mailing",
        ["organisation_id", "corrects_id"],
        ["organisation_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_mailing_corrects_id"), "mailing", type_="foreignkey")
    op.drop_column("mailing", "corrects_id")
