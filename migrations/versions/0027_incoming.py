"""Mail that comes back: bounces and answers, owned by whose message it is about."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import secure

revision = "0027_incoming"
down_revision = "0026_mailing_texts"

DELIVERY = (
    "queued", "leased", "committed", "accepted", "deferred", "failed", "suppressed", "cancelled", "uncertain", "held",
)  # fmt: skip
CLASSES = (
    "acknowledgement", "out_of_office", "address_request", "substantive_support", "substantive_oppose",
    "noncommittal", "meeting_offer", "casework", "unsubscribe", "abuse", "bounce", "unrelated",
)  # fmt: skip
VERDICTS = ("bounce", "automatic", "address_request", "unsubscribe", "human", "triage")
WHY = (
    "unclear", "unreadable", "empty", "bounce_of_bounce", "other_message", "other_recipient", "own_message",
    "not_sent", "unproven",
)  # fmt: skip


def upgrade() -> None:
    _allow((*DELIVERY, "bounced", "replied"))
    op.add_column("mailing", instant("answers_looked_at"))
    op.create_table(
        "incoming_message",
        *owned(),
        sa.Column("mailing_id", sa.Uuid),
        sa.Column("delivery_id", sa.Uuid),
        to("person"),
        words("came_by"),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        words("state"),
        *[
            words(name, nullable=True)
            for name in ("verdict", "proposed", "reply_class", "why", "severity", "status")
        ],
        *[sa.Column(f"{name}_cipher", sa.LargeBinary) for name in ("raw", "sender", "subject", "body")],
        instant("decided_at"),
        sa.Column("decided_by", sa.Uuid),
        words("decided_by_label", nullable=True),
        to("engagement"),
        instant("erase_at"),
        instant("erased_at"),
        one_of("came_by", ("bounce", "reply", "reference")),
        one_of("state", ("received", "triage", "settled", "decided")),
        one_of("verdict", VERDICTS),
        one_of("proposed", CLASSES),
        one_of("reply_class", CLASSES),
        one_of("why", WHY),
        one_of("severity", ("hard", "soft", "blocked")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "delivery_id"],
            ["delivery.organisation_id", "delivery.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "digest"),
    )
    for columns in (("state", "created_at"), ("delivery_id",), ("mailing_id", "created_at")):
        op.create_index(
            f"ix_incoming_message_organisation_id_{columns[0]}",
            "incoming_message",
            ["organisation_id", *columns],
        )
    secure(op, "incoming_message", "owned")


def downgrade() -> None:
    op.drop_table("incoming_message")
    op.drop_column("mailing", "answers_looked_at")
    # The older product has no word for these: one that came back did not arrive, one that was answered did.
    op.execute("UPDATE delivery SET state = 'failed' WHERE state = 'bounced'")
    op.execute("UPDATE delivery SET state = 'accepted' WHERE state = 'replied'")
    _allow(DELIVERY)


def _allow(states: tuple[str, ...]) -> None:
    name = op.f("ck_delivery_state")
    op.drop_constraint(name, "delivery", type_="check")
    op.create_check_constraint(name, "delivery", str(one_of("state", states).sqltext))
