"""Updates to signers: what each goes to, messages to people whose address stays sealed, and whom not to write to again."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import secure

revision = "0041_updates"
down_revision = "0040_milestones"

MODES = ("organisation_to_representative", "constituent_to_representative")
SECTORS = ("education", "health", "police", "local_authority", "jobcentre", "other", "not_public")
RECIPIENT = (
    "CASE WHEN pledge_id IS NULL THEN num_nonnulls(holding_id, address) = 2 "
    "ELSE num_nonnulls(holding_id, address) = 0 AND num_nonnulls(person_key, email_key) = 2 END"
)
LENT_TO_ME = (
    "EXISTS (SELECT FROM mailing_reader r WHERE r.organisation_id = pledge_update.organisation_id "
    "AND r.mailing_id = pledge_update.mailing_id AND r.reader_id = (SELECT app.org()))"
)


def upgrade() -> None:
    _mode((*MODES, "organisation_to_contacts"))
    _outbox()
    op.create_table(
        "pledge_update",
        *owned(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        to("pledge_drive", "drive_id", nullable=False),
        words("sector", nullable=True),
        words("constituency_code", nullable=True),
        sa.Column("since", sa.Date),
        instant("as_of"),
        one_of("sector", SECTORS),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("organisation_id", "mailing_id"),
    )
    op.create_index(
        "ix_pledge_update_organisation_id_drive_id", "pledge_update", ["organisation_id", "drive_id"]
    )
    secure(op, "pledge_update", "lent", readers=LENT_TO_ME)
    op.create_table(
        "suppression",
        *owned(),
        sa.Column("address_hash", sa.LargeBinary, nullable=False),
        sa.Column("email_key", sa.LargeBinary, nullable=False),
        words("reason"),
        instant("suppressed_at", nullable=False),
        one_of("reason", ("unsubscribed", "bounced")),
        sa.UniqueConstraint("organisation_id", "address_hash", "reason"),
    )
    op.create_index(
        "ix_suppression_organisation_id_email_key", "suppression", ["organisation_id", "email_key"]
    )
    secure(op, "suppression", "owned")


def _mode(modes: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_mailing_mode"), "mailing", type_="check")
    op.create_check_constraint(op.f("ck_mailing_mode"), "mailing", str(one_of("mode", modes).sqltext))


def _outbox() -> None:
    """A message to a signer names their own row, and nothing that could be read."""
    op.add_column("delivery", sa.Column("pledge_id", sa.Uuid))
    for key in ("person_key", "email_key"):
        op.add_column("delivery", sa.Column(key, sa.LargeBinary))
    op.alter_column("delivery", "holding_id", nullable=True)
    op.alter_column("delivery", "address", nullable=True)
    _source("num_nonnulls(choice_id, letter_id, pledge_id) = 1")
    op.create_check_constraint(op.f("ck_delivery_recipient"), "delivery", RECIPIENT)
    op.create_foreign_key(
        op.f("fk_delivery_organisation_id_pledge_id"),
        "delivery",
        "pledge",
        ["organisation_id", "pledge_id"],
        ["organisation_id", "id"],
    )
    for name, key in (("uq_delivery_person", "person_key"), ("uq_delivery_mailbox", "email_key")):
        op.create_index(
            name,
            "delivery",
            ["organisation_id", "mailing_id", key],
            unique=True,
            postgresql_where=sa.text("pledge_id IS NOT NULL"),
        )


def _source(condition: str) -> None:
    op.drop_constraint(op.f("ck_delivery_source"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_source"), "delivery", condition)


def downgrade() -> None:
    op.drop_table("suppression")
    op.drop_table("pledge_update")
    op.execute("DELETE FROM delivery WHERE pledge_id IS NOT NULL")
    op.execute("DELETE FROM mailing WHERE mode = 'organisation_to_contacts'")
    op.drop_index("uq_delivery_mailbox", "delivery")
    op.drop_index("uq_delivery_person", "delivery")
    op.drop_constraint(op.f("ck_delivery_recipient"), "delivery", type_="check")
    op.drop_constraint(op.f("fk_delivery_organisation_id_pledge_id"), "delivery")
    _source("num_nonnulls(choice_id, letter_id) = 1")
    op.alter_column("delivery", "address", nullable=False)
    op.alter_column("delivery", "holding_id", nullable=False)
    for name in ("email_key", "person_key", "pledge_id"):
        op.drop_column("delivery", name)
    _mode(MODES)
