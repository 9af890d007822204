"""Mailings: lent to whom they are shown for sign-off; sign-offs owned by the signer; the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.schema import OWN, secure

revision = "0006_mailings"
down_revision = "0005_actions"

MAILING = "'draft', 'in_review', 'approved', 'scheduled', 'sending', 'paused', 'sent', 'closed', 'cancelled'"
DELIVERY = (
    "'queued', 'leased', 'committed', 'accepted', 'deferred', 'failed', 'suppressed', 'cancelled', "
    "'uncertain', 'held'"
)
# A mailing in hand is the author's own: only what was asked about is lent.
LENT_TO_ME = (
    "EXISTS (SELECT FROM mailing_reader r WHERE r.organisation_id = {table}.organisation_id "
    "AND r.mailing_id = {table}.{column} AND r.reader_id = (SELECT app.org()))"
)


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def uuid(name: str, to: str = "", nullable: bool = False) -> sa.Column:
    foreign = [sa.ForeignKey(f"{to}.id")] if to else []
    return sa.Column(name, sa.Uuid, *foreign, nullable=nullable)


def owned() -> list[sa.Column]:
    return [
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    ]


def of_mailing() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"], ondelete="CASCADE"
    )


def upgrade() -> None:
    _mailing()
    _choices()
    _sign_offs()
    _deliveries()


def _mailing() -> None:
    op.create_table(
        "mailing",
        *owned(),
        uuid("campaign_id", "campaign"),
        uuid("ask_id", "ask", nullable=True),
        *[words(name) for name in ("title", "subject", "body", "sender_name", "reply_to", "state")],
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("common", JSONB, nullable=False, server_default="{}"),
        *[words(name, nullable=True) for name in ("sender", "content_hash", "approved_hash")],
        sa.Column("audience_count", sa.Integer),
        uuid("review_organisation_id", nullable=True),
        uuid("created_by", nullable=True),
        words("created_by_label"),
        uuid("last_editor_id", nullable=True),
        words("last_editor_label"),
        instant("updated_at", nullable=False),
        *[instant(name) for name in ("asked_at", "approved_at", "started_at", "expanded_at", "finished_at")],
        words("stopped_because", nullable=True),
        sa.Column("progress", JSONB, nullable=False, server_default="{}"),
        sa.CheckConstraint(f"state IN ({MAILING})", name="state"),
    )
    op.create_index("ix_mailing_organisation_id_state", "mailing", ["organisation_id", "state"])
    op.create_table(
        "mailing_reader",
        *owned(),
        uuid("mailing_id"),
        uuid("reader_id", "organisation"),
        of_mailing(),
        sa.UniqueConstraint("organisation_id", "mailing_id", "reader_id"),
    )
    secure(op, "mailing_reader", "lent", readers="reader_id = (SELECT app.org())")
    secure(op, "mailing", "lent", readers=LENT_TO_ME.format(table="mailing", column="id"))


def _choices() -> None:
    op.create_table(
        "mailing_choice",
        *owned(),
        uuid("mailing_id"),
        uuid("holding_id", "office_holding"),
        uuid("person_id", "person"),
        words("salutation", nullable=True),
        instant("checked_at"),
        words("checked_by", nullable=True),
        words("address", nullable=True),
        sa.Column("fields", JSONB),
        words("left_out", nullable=True),
        sa.Column("place", sa.Integer),
        of_mailing(),
        sa.CheckConstraint(
            "left_out IN ('no_email', 'not_in_office', 'bounced', 'no_salutation')", name="left_out"
        ),
        sa.UniqueConstraint("organisation_id", "mailing_id", "holding_id"),
    )
    secure(
        op, "mailing_choice", "lent", readers=LENT_TO_ME.format(table="mailing_choice", column="mailing_id")
    )


def _sign_offs() -> None:
    op.create_table(
        "sign_off",
        *owned(),
        uuid("mailing_organisation_id"),
        uuid("mailing_id"),
        *[words(name) for name in ("content_hash", "decision", "comment")],
        uuid("signer_id"),
        words("signer_label"),
        words("signer_role"),
        sa.CheckConstraint("decision IN ('approve', 'decline', 'release')", name="decision"),
    )
    op.create_index(
        "ix_sign_off_mailing_organisation_id_mailing_id",
        "sign_off",
        ["mailing_organisation_id", "mailing_id"],
    )
    secure(
        op,
        "sign_off",
        "lent",
        readers="mailing_organisation_id = (SELECT app.org())",
        write=False,
        statements=[
            # Nobody signs for another, in a role they do not hold, or what was not shown to them.
            "CREATE POLICY by_the_signer ON sign_off AS RESTRICTIVE FOR INSERT "
            "TO organising_runtime WITH CHECK ("
            f"{OWN} AND signer_id = (SELECT app.usr()) "
            "AND EXISTS (SELECT FROM membership p WHERE p.user_id = signer_id "
            "AND p.organisation_id = sign_off.organisation_id "
            "AND p.role = signer_role AND p.ended_at IS NULL) "
            "AND EXISTS (SELECT FROM mailing m WHERE m.organisation_id = mailing_organisation_id "
            "AND m.id = mailing_id))"
        ],
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        *owned(),
        uuid("mailing_id"),
        uuid("choice_id"),
        uuid("holding_id", "office_holding"),
        sa.Column("place", sa.Integer, nullable=False),
        *[words(name) for name in ("address", "message_id", "state")],
        sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        instant("lease_until"),
        instant("next_at", nullable=False),
        instant("changed_at", nullable=False),
        words("queue_id", nullable=True),
        sa.Column("last_code", sa.Integer),
        words("last_reply", nullable=True),
        words("absence", nullable=True),
        of_mailing(),
        sa.CheckConstraint(f"state IN ({DELIVERY})", name="state"),
        sa.UniqueConstraint("organisation_id", "mailing_id", "holding_id"),
        sa.UniqueConstraint("organisation_id", "message_id"),
    )
    op.create_index(
        "ix_delivery_organisation_id_mailing_id_place", "delivery", ["organisation_id", "mailing_id", "place"]
    )
    # Room on each page for the next state, so that no index is touched when it changes.
    op.execute("ALTER TABLE delivery SET (fillfactor = 50)")
    secure(op, "delivery", "owned")


def downgrade() -> None:
    for table in ("delivery", "sign_off", "mailing_choice"):
        op.drop_table(table)
    op.execute("DROP POLICY lent ON mailing")
    op.drop_table("mailing_reader")
    op.drop_table("mailing")
