"""What the public reads of an action, how many it holds, and the areas in which it lies."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import shared, to, words
from organising.platform.schema import MEMBER, policy, secure

revision = "0072_planning"
down_revision = "0066b_holds_go"

STAFF = "organising_runtime"
TEXTS = ("summary", "place", "postcode")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("branch_action", words(name, nullable=True))
    op.add_column("branch_action", sa.Column("capacity", sa.Integer))
    op.create_check_constraint(
        op.f("ck_branch_action_capacity"), "branch_action", "capacity BETWEEN 1 AND 100000"
    )
    op.add_column("action_detail", words("postcode_answer", nullable=True))
    op.create_table(
        "action_area",
        *shared(),
        sa.Column("action_id", sa.Uuid, nullable=False),
        to("area", nullable=False),
        sa.Column("is_chosen", sa.Boolean, nullable=False),
        sa.UniqueConstraint("action_id", "area_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["branch_action.organisation_id", "branch_action.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_action_area_area_id", "action_area", ["area_id"])
    op.create_index(
        "ix_action_area_organisation_id_action_id", "action_area", ["organisation_id", "action_id"]
    )
    secure(op, "action_area", "shared")
    op.execute("DROP POLICY shared_read ON action_area")
    # Within a policy branch_action is read under its own policy: the areas of a draft stay with the draft.
    of_readable = "EXISTS (SELECT FROM branch_action a WHERE a.id = action_area.action_id)"
    policy(op, "action_area", "shared_read", "SELECT", STAFF, f"{MEMBER} AND {of_readable}")


def downgrade() -> None:
    op.drop_table("action_area")
    op.drop_column("action_detail", "postcode_answer")
    op.drop_constraint(op.f("ck_branch_action_capacity"), "branch_action", type_="check")
    for name in ("capacity", *TEXTS):
        op.drop_column("branch_action", name)
