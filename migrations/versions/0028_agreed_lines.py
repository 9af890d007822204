"""Lines that partners agree on in advance: for a letter that cannot wait for everybody."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, shared, to, words
from organising.platform.schema import OWN, restrict, secure

revision = "0028_agreed_lines"
down_revision = "0027_incoming"


def upgrade() -> None:
    op.create_table("agreed_line", *shared(), words("words"), instant("withdrawn_at"))
    op.create_index("ix_agreed_line_campaign_id", "agreed_line", ["campaign_id"])
    secure(op, "agreed_line", "shared")
    # What was agreed on is never changed under those who agreed: only taken out.
    op.execute("REVOKE UPDATE, DELETE ON agreed_line FROM organising_runtime")
    op.execute("GRANT UPDATE (withdrawn_at) ON agreed_line TO organising_runtime")
    op.create_table(
        "line_decision",
        *shared(),
        to("agreed_line", "line_id", nullable=False),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("signer_id", sa.Uuid, nullable=False),
        words("signer_role"),
    )
    op.create_index("ix_line_decision_line_id", "line_decision", ["line_id"])
    secure(op, "line_decision", "shared", write=False)
    restrict(
        op,
        "line_decision",
        "by_the_signer",
        "INSERT",
        f"{OWN} AND signer_id = (SELECT app.usr()) AND EXISTS (SELECT FROM membership p WHERE p.user_id = signer_id "
        "AND p.organisation_id = line_decision.organisation_id AND p.role = signer_role AND p.ended_at IS NULL)",
    )


def downgrade() -> None:
    op.drop_table("line_decision")
    op.drop_table("agreed_line")
