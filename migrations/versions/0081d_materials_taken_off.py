"""A material that is taken off an action can be put back."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant

revision = "0081d_materials_taken_off"
down_revision = "0081c_own_meeting"


def upgrade() -> None:
    op.add_column("action_material", instant("taken_off_at"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM action_material WHERE taken_off_at IS NOT NULL"))
    op.drop_column("action_material", "taken_off_at")
