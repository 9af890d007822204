"""Parliamentary acts: motions, divisions and questions, members' parts in them, and what the campaign makes of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, reference, shared, to, words
from organising.platform.schema import restrict, secure

revision = "0015_acts"
down_revision = "0014_commitments"

KINDS = ("edm", "division", "written_question")
PARTS = ("sponsor", "signature", "aye", "no", "teller_aye", "teller_no", "asked")
STANCES = ("for", "against")
DECISIONS = ("confirmed", "rejected")
WRITERS = "(SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"


def upgrade() -> None:
    op.create_table(
        "parliamentary_item",
        *reference(),
        words("kind"),
        words("source"),
        words("source_id"),
        words("number", nullable=True),
        words("title"),
        *[words(name, nullable=True) for name in ("words", "answer", "answering_body", "url")],
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        one_of("kind", KINDS),
        sa.UniqueConstraint("source", "source_id"),
    )
    op.create_index(
        "ix_parliamentary_item_happened_on",
        "parliamentary_item",
        [sa.text("happened_on DESC"), sa.text("id DESC")],
    )
    secure(op, "parliamentary_item", "reference")
    op.create_table(
        "parliamentary_act",
        *reference(),
        to("parliamentary_item", "item_id", ondelete="CASCADE", nullable=False),
        to("person", nullable=False),
        words("part"),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("place", sa.Integer),
        sa.Column("withdrawn_on", sa.Date),
        instant("seen_at", nullable=False),
        one_of("part", PARTS),
        sa.UniqueConstraint("item_id", "person_id", "part"),
    )
    op.create_index(
        "ix_parliamentary_act_person_id_happened_on",
        "parliamentary_act",
        ["person_id", sa.text("happened_on DESC")],
    )
    secure(op, "parliamentary_act", "reference")
    op.create_table(
        "ask_item",
        *shared(),
        to("parliamentary_item", "item_id", ondelete="CASCADE", nullable=False, index=True),
        to("ask", nullable=False),
        words("stance"),
        one_of("stance", STANCES),
        sa.UniqueConstraint("ask_id", "item_id"),
    )
    secure(op, "ask_item", "shared")
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(op, "ask_item", f"writers_{command.lower()}", command, WRITERS)
    op.create_table(
        "act_decision",
        *shared(),
        to("commitment", nullable=False),
        to("parliamentary_act", "act_id", ondelete="CASCADE", nullable=False, index=True),
        words("decision"),
        one_of("decision", DECISIONS),
        sa.UniqueConstraint("commitment_id", "act_id"),
    )
    secure(op, "act_decision", "shared")
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(op, "act_decision", f"writers_{command.lower()}", command, WRITERS)
    op.create_table(
        "digest_setting",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        instant("stopped_at"),
        sa.Column("sent_for", sa.Date),
        sa.UniqueConstraint("organisation_id", "user_id"),
    )
    secure(op, "digest_setting", "owned")


def downgrade() -> None:
    for table in ("digest_setting", "act_decision", "ask_item", "parliamentary_act", "parliamentary_item"):
        op.drop_table(table)
