"""The standing claims of an ask in their order, from an index alone: what counts and filters of positions read."""

import sqlalchemy as sa
from alembic import op

revision = "0021_standing_claims"
down_revision = "0020_request_undo"

NAME = "ix_position_claim_standing"


def upgrade() -> None:
    op.create_index(
        NAME,
        "position_claim",
        [
            "ask_id", "person_id", "organisation_id", sa.text("held_on DESC"), sa.text("created_at DESC"),
            sa.text("id DESC"),
        ],
        postgresql_include=["campaign_id", "position", "basis", "confidence", "engagement_id"],
        postgresql_where=sa.text("NOT is_suggestion"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(NAME, "position_claim")
