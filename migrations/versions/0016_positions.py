"""Who settles a dispute between partners, and how it was settled."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import one_of, shared, to, words
from organising.platform.schema import restrict, secure

revision = "0016_positions"
down_revision = "0015_acts"

POSITIONS = (
    "champion", "supporter", "leaning_support", "undecided", "leaning_oppose", "opposed", "unknown",
)  # fmt: skip
COORDINATOR = "(SELECT app.own_role()) = 'coordinator'"
# The organisation that the coordinator named last for this dispute is one's own.
NAMED = """(SELECT app.own_role()) IN ('deputy', 'admin', 'organiser') AND (SELECT app.org()) = (
  SELECT r.resolver_organisation_id FROM dispute_resolver r
   WHERE r.campaign_id = dispute_resolution.campaign_id AND r.ask_id = dispute_resolution.ask_id
     AND r.person_id = dispute_resolution.person_id
   ORDER BY r.created_at DESC LIMIT 1)"""


def upgrade() -> None:
    # Row "targets, positions" of the permission matrix: an analyst reads.
    restrict(
        op,
        "position_claim",
        "analysts_read",
        "INSERT",
        "(SELECT app.own_role()) IS DISTINCT FROM 'analyst'",
    )
    _resolvers()
    _resolutions()


def _resolvers() -> None:
    op.create_table(
        "dispute_resolver",
        *shared(),
        to("person", nullable=False),
        to("ask", nullable=False),
        sa.Column("resolver_organisation_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "resolver_organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    )
    op.create_index("ix_dispute_resolver_ask_id_person_id", "dispute_resolver", ["ask_id", "person_id"])
    secure(op, "dispute_resolver", "shared", write=False)
    restrict(op, "dispute_resolver", "coordinator_names", "INSERT", COORDINATOR)


def _resolutions() -> None:
    op.create_table(
        "dispute_resolution",
        *shared(),
        to("person", nullable=False),
        to("ask", nullable=False),
        words("position"),
        words("reason"),
        sa.Column("claim_ids", sa.ARRAY(sa.Uuid), nullable=False),
        one_of("position", POSITIONS),
        sa.CheckConstraint("char_length(reason) BETWEEN 1 AND 500", name="reason"),
    )
    op.create_index("ix_dispute_resolution_ask_id_person_id", "dispute_resolution", ["ask_id", "person_id"])
    secure(op, "dispute_resolution", "shared", write=False)
    restrict(op, "dispute_resolution", "resolver_settles", "INSERT", f"{COORDINATOR} OR ({NAMED})")


def downgrade() -> None:
    op.drop_table("dispute_resolution")
    op.drop_table("dispute_resolver")
    op.execute("DROP POLICY analysts_read ON position_claim")
