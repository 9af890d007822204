"""An update may go to the signers of one unit."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import words

revision = "0050c_updates_by_unit"
down_revision = "0050b_paper_mail"


def upgrade() -> None:
    op.add_column("pledge_update", sa.Column("unit_id", sa.Uuid))
    op.add_column("pledge_update", words("unit_label", nullable=True))
    # No action: were the unit forgotten, the update would go to everybody.
    op.create_foreign_key(
        op.f("fk_pledge_update_organisation_id_unit_id"), "pledge_update", "unit", ["organisation_id", "unit_id"],
        ["organisation_id", "id"],
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_pledge_update_unit_label"), "pledge_update", "(unit_id IS NULL) = (unit_label IS NULL)"
    )


def downgrade() -> None:
    # Written for one unit, it must not go to everybody.
    op.execute(
        "DELETE FROM mailing m USING pledge_update u WHERE u.organisation_id = m.organisation_id AND u.mailing_id = m.id "
        "AND u.unit_id IS NOT NULL AND m.state IN ('draft', 'in_review', 'approved', 'scheduled')"
    )
    for name in ("unit_id", "unit_label"):
        op.drop_column("pledge_update", name)
