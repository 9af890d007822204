"""Whom an organisation's mailings come from, the proofs that the addresses are its own, and its own mail server."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import secure

revision = "0025_sender_identities"
down_revision = "0024_letters"

OF_IDENTITY = ("sender_identity.organisation_id", "sender_identity.id")


def upgrade() -> None:
    op.create_table(
        "sender_identity",
        *owned(),
        *[words(name) for name in ("name", "address", "reply_to")],
        *[instant(name) for name in ("address_confirmed_at", "reply_to_confirmed_at", "removed_at")],
    )
    secure(op, "sender_identity", "owned")
    op.create_table(
        "sender_proof",
        *owned(),
        sa.Column("identity_id", sa.Uuid, nullable=False),
        words("address"),
        words("asked_by"),
        instant("expires_at", nullable=False),
        instant("sent_at"),
        instant("used_at"),
        sa.Column("refusal_code", sa.Integer),
        sa.ForeignKeyConstraint(["organisation_id", "identity_id"], OF_IDENTITY, ondelete="CASCADE"),
    )
    secure(op, "sender_proof", "owned")
    _servers()
    op.add_column("mailing", sa.Column("identity_id", sa.Uuid))
    op.create_foreign_key(
        op.f("fk_mailing_organisation_id"),
        "mailing",
        "sender_identity",
        ["organisation_id", "identity_id"],
        ["organisation_id", "id"],
    )


def _servers() -> None:
    op.create_table(
        "mail_server",
        *owned(),
        words("host"),
        sa.Column("port", sa.Integer, nullable=False),
        words("security"),
        sa.Column("connections", sa.Integer, nullable=False),
        words("username", nullable=True),
        sa.Column("password_cipher", sa.LargeBinary),
        sa.Column("is_used", sa.Boolean, nullable=False, server_default="false"),
        instant("tested_at"),
        sa.Column("test_passed", sa.Boolean),
        words("test_answer", nullable=True),
        one_of("security", ("starttls", "tls", "none")),
        sa.CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        sa.CheckConstraint("connections BETWEEN 1 AND 50", name="connections"),
        sa.UniqueConstraint("organisation_id"),
    )
    secure(op, "mail_server", "owned")


def downgrade() -> None:
    # Whoever goes back sends from the installation's own address again; what waits with another is no longer approved.
    op.drop_constraint(op.f("fk_mailing_organisation_id"), "mailing", type_="foreignkey")
    op.drop_column("mailing", "identity_id")
    for table in ("mail_server", "sender_proof", "sender_identity"):
        op.drop_table(table)
