"""Mail to contacts: whom each mailing goes to, frozen and owned; consent, soft opt-in and withdrawal held by the database."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0057_outreach"
down_revision = "0067_second_factor"

MODES = ("organisation_to_representative", "constituent_to_representative")
MAILED = ("news", "invitations", "fundraising")
SECTORS = ("education", "health", "police", "local_authority", "jobcentre", "other", "not_public")
LEFT_OUT = ("no_email", "said_no", "bounced", "not_asked", "supporter_only", "same_mailbox", "written_lately")
DECISIONS = ("given", "refused", "withdrawn")
SOURCES = ("in_person", "phone", "paper", "form", "message", "import", "not_said")
# How somebody's own deed is told from what a colleague wrote down.
THEIRS = ("confirmed", "own_page", "unsubscribed", "not_me")
# Where a charity's supporter can have been offered the choice not to be written to (PECR regulation 22(3A)).
OFFERED = ("in_person", "phone", "paper", "form", "message")
IN_FORCE = "2026-02-05"
SOURCE_BEFORE = "num_nonnulls(choice_id, letter_id, pledge_id) = 1"
SOURCE = (
    "num_nonnulls(choice_id, letter_id, pledge_id, contact_id) = 1 "
    "OR (num_nonnulls(choice_id, letter_id, pledge_id, contact_id) = 0 AND email_key IS NOT NULL)"
)
RECIPIENT_BEFORE = (
    "CASE WHEN pledge_id IS NULL THEN num_nonnulls(holding_id, address) = 2 "
    "ELSE num_nonnulls(holding_id, address) = 0 AND num_nonnulls(person_key, email_key) = 2 END"
)
RECIPIENT = (
    "CASE WHEN email_key IS NULL THEN num_nonnulls(holding_id, address) = 2 AND num_nonnulls(pledge_id, contact_id) = 0 "
    "ELSE num_nonnulls(holding_id, address, choice_id, letter_id) = 0 AND (pledge_id IS NULL OR person_key IS NOT NULL) END"
)
LENT_TO_ME = (
    "EXISTS (SELECT FROM mailing_reader r WHERE r.organisation_id = contact_mailing.organisation_id "
    "AND r.mailing_id = contact_mailing.mailing_id AND r.reader_id = (SELECT app.org()))"
)
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)
FUNCTIONS = ("forget_recipient()", "end_mail_of_consent()", "guard_soft_opt_in()")


def upgrade() -> None:
    _check(
        "mailing",
        "mode",
        str(one_of("mode", (*MODES, "organisation_to_signers", "organisation_to_contacts")).sqltext),
    )
    op.execute("UPDATE mailing SET mode = 'organisation_to_signers' WHERE mode = 'organisation_to_contacts'")
    _outbox()
    _decisions()
    _mailings()
    _ends()


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def of(table: str, key: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", key], [f"{table}.organisation_id", f"{table}.id"], **options
    )


def _outbox() -> None:
    op.add_column("delivery", sa.Column("contact_id", sa.Uuid))
    _check("delivery", "source", SOURCE)
    _check("delivery", "recipient", RECIPIENT)
    op.create_foreign_key(
        op.f("fk_delivery_organisation_id_contact_id"), "delivery", "contact", ["organisation_id", "contact_id"],
        ["organisation_id", "id"], ondelete="SET NULL (contact_id)",
    )  # fmt: skip
    op.create_index(
        "uq_delivery_contact", "delivery", ["organisation_id", "contact_id", "mailing_id"], unique=True,
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )  # fmt: skip
    _mailbox("email_key IS NOT NULL")
    # A contact is erased: what was sent is still counted, and says of nobody that it was them.
    op.execute("""
        CREATE FUNCTION app.forget_recipient() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          NEW.email_key := uuid_send(gen_random_uuid());
          IF NEW.state IN ('queued', 'leased', 'deferred') THEN
            NEW.state := 'suppressed';
            NEW.last_reply := 'their details were erased';
            NEW.lease_until := NULL;
            NEW.changed_at := clock_timestamp();
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute(
        "CREATE TRIGGER forget_recipient BEFORE UPDATE OF contact_id ON delivery FOR EACH ROW "
        "WHEN (OLD.contact_id IS NOT NULL AND NEW.contact_id IS NULL) EXECUTE FUNCTION app.forget_recipient()"
    )


def _mailbox(condition: str) -> None:
    op.drop_index("uq_delivery_mailbox", "delivery")
    op.create_index(
        "uq_delivery_mailbox", "delivery", ["organisation_id", "mailing_id", "email_key"], unique=True,
        postgresql_where=sa.text(condition),
    )  # fmt: skip


def _decisions() -> None:
    """A charity's supporter who was offered the choice and did not refuse: by email or text, for what was offered, since
    the law allows it, and by no list that came from elsewhere."""
    op.add_column("contact_consent", words("supported_by", nullable=True))
    _check("contact_consent", "decision", str(one_of("decision", (*DECISIONS, "soft_opt_in")).sqltext))
    _check("contact_consent", "source", str(one_of("source", (*SOURCES, *THEIRS)).sqltext))
    _check("contact_consent", "wording", "decision NOT IN ('given', 'soft_opt_in') OR wording_id IS NOT NULL")
    offered = ", ".join(f"'{one}'" for one in OFFERED)
    mailed = ", ".join(f"'{one}'" for one in MAILED)
    op.create_check_constraint(
        op.f("ck_contact_consent_soft_opt_in"), "contact_consent",
        f"CASE WHEN decision = 'soft_opt_in' THEN channel IN ('email', 'text') AND purpose IN ({mailed}) "
        f"AND source IN ({offered}) AND supported_by IN ('interest', 'support') "
        f"AND decided_at >= '{IN_FORCE} 00:00+00' ELSE supported_by IS NULL END",
    )  # fmt: skip
    op.execute("""
        CREATE FUNCTION app.guard_soft_opt_in() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NOT EXISTS (SELECT FROM organisation o WHERE o.id = NEW.organisation_id AND o.kind = 'charity') THEN
            RAISE check_violation USING MESSAGE = 'the soft opt-in is for charities only';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute(
        "CREATE TRIGGER soft_opt_in BEFORE INSERT ON contact_consent FOR EACH ROW "
        "WHEN (NEW.decision = 'soft_opt_in') EXECUTE FUNCTION app.guard_soft_opt_in()"
    )


def _mailings() -> None:
    op.create_table(
        "contact_mailing",
        *owned(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        words("purpose"),
        words("basis"),
        # Not tied to their rows: without its tag or branch it goes to nobody, rather than to everybody.
        sa.Column("tag_id", sa.Uuid),
        sa.Column("unit_id", sa.Uuid),
        words("gss_code", nullable=True),
        words("sector", nullable=True),
        sa.Column("quiet_days", sa.Integer),
        instant("as_of"),
        of("mailing", "mailing_id", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "mailing_id"),
        one_of("purpose", MAILED),
        one_of("basis", ("consent", "soft_opt_in")),
        one_of("sector", SECTORS),
        sa.CheckConstraint("quiet_days BETWEEN 1 AND 90", name="quiet_days"),
    )
    secure(op, "contact_mailing", "lent", readers=LENT_TO_ME)
    op.create_table(
        "mailing_recipient",
        *owned(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("email_key", sa.LargeBinary),
        words("left_out", nullable=True),
        of("mailing", "mailing_id", ondelete="CASCADE"),
        of("contact", "contact_id", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "mailing_id", "contact_id"),
        one_of("left_out", LEFT_OUT),
        sa.CheckConstraint("left_out IS NOT NULL OR email_key IS NOT NULL", name="email_key"),
    )
    op.create_index(
        "ix_mailing_recipient_organisation_id_mailing_id_left_out_id", "mailing_recipient",
        ["organisation_id", "mailing_id", "left_out", "id"],
    )  # fmt: skip
    op.create_index(
        "ix_mailing_recipient_organisation_id_contact_id",
        "mailing_recipient",
        ["organisation_id", "contact_id"],
    )
    secure(op, "mailing_recipient", "owned", write=False)
    # Frozen: written once, thrown away as a whole, never changed.
    op.execute("GRANT DELETE ON mailing_recipient TO organising_runtime")
    # As in 0051: within reach goes a contact, and what hangs on it.
    held = f"{WHOLE} OR EXISTS (SELECT FROM contact c WHERE c.id = mailing_recipient.contact_id)"
    restrict(op, "mailing_recipient", "reach", "ALL", held)


def _ends() -> None:
    """Whoever takes it back gets nothing that has not yet been let go: not in the page or the job, but here."""
    op.execute("""
        CREATE FUNCTION app.end_mail_of_consent() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF (SELECT c.decision FROM contact_consent c
               WHERE c.organisation_id = NEW.organisation_id AND c.contact_id = NEW.contact_id
                 AND c.purpose = NEW.purpose AND c.channel = NEW.channel
               ORDER BY c.decided_at DESC, c.created_at DESC, c.id DESC LIMIT 1) IN ('refused', 'withdrawn') THEN
            UPDATE delivery d SET state = 'suppressed', last_reply = 'asked for no more', lease_until = NULL,
                                  changed_at = clock_timestamp()
              FROM contact_mailing m
             WHERE d.organisation_id = NEW.organisation_id AND d.contact_id = NEW.contact_id
               AND m.organisation_id = d.organisation_id AND m.mailing_id = d.mailing_id AND m.purpose = NEW.purpose
               AND d.state IN ('queued', 'deferred', 'leased');
          END IF;
          RETURN NULL;
        END $body$""")
    op.execute(
        "CREATE TRIGGER ends_mail AFTER INSERT ON contact_consent FOR EACH ROW "
        "WHEN (NEW.channel = 'email' AND NEW.decision IN ('refused', 'withdrawn')) "
        "EXECUTE FUNCTION app.end_mail_of_consent()"
    )
    for name in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION app.{name} FROM PUBLIC")


def downgrade() -> None:
    for trigger, table in (
        ("ends_mail", "contact_consent"),
        ("soft_opt_in", "contact_consent"),
        ("forget_recipient", "delivery"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION app.{name}")
    op.drop_table("mailing_recipient")
    op.drop_table("contact_mailing")
    # Without a place for it a soft opt-in is no yes, so it is not made one.
    op.execute("DELETE FROM contact_consent WHERE decision = 'soft_opt_in'")
    op.execute(
        "UPDATE contact_consent SET source = 'message' WHERE source IN ('confirmed', 'own_page', 'unsubscribed', 'not_me')"
    )
    op.drop_constraint(op.f("ck_contact_consent_soft_opt_in"), "contact_consent", type_="check")
    _check("contact_consent", "wording", "decision <> 'given' OR wording_id IS NOT NULL")
    _check("contact_consent", "source", str(one_of("source", SOURCES).sqltext))
    _check("contact_consent", "decision", str(one_of("decision", DECISIONS).sqltext))
    op.drop_column("contact_consent", "supported_by")
    op.execute("DELETE FROM mailing WHERE mode = 'organisation_to_contacts'")
    op.execute(
        "UPDATE mailing SET mode = 'organisation_to_contacts' WHERE mode = 'organisation_to_signers'",
    )
    op.execute("DELETE FROM delivery WHERE num_nonnulls(choice_id, letter_id, pledge_id) = 0")
    _check("mailing", "mode", str(one_of("mode", (*MODES, "organisation_to_contacts")).sqltext))
    _mailbox("pledge_id IS NOT NULL")
    op.drop_index("uq_delivery_contact", "delivery")
    op.drop_constraint(op.f("fk_delivery_organisation_id_contact_id"), "delivery")
    _check("delivery", "recipient", RECIPIENT_BEFORE)
    _check("delivery", "source", SOURCE_BEFORE)
    op.drop_column("delivery", "contact_id")
