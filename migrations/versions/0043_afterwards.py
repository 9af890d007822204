"""What a signer can do afterwards: say more, correct, be named in public, have the mail again or at another address."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created, instant, one_of, words
from organising.platform.schema import define, policy, secure

revision = "0043_afterwards"
down_revision = "0042_looks"

PUBLIC, COUNTER = "organising_public", "organising_counter"
MINE = "signing_id = (SELECT app.subject())"
EDITABLE = (
    "name, name_folded, name_by_last, postcode, email_cipher, email_key, person_key, name_key, postcode_key, witness_key, "
    "job_cipher, workplace_cipher, public_name, link_version, constituency_code"
)
IDENTITY = ("organisation_id", "id", "campaign_id", "drive_id", "signing_id", "part", "wording_version")
KEYS = ("person_key", "name_key", "postcode_key", "witness_key")
PERSONAL = ("name", "name_folded", "name_by_last", "email_cipher", "email_key", "postcode")
STEPS = (
    "'pending>confirmed', 'pending>erased', 'confirmed>withdrawn', 'confirmed>erased', 'confirmed>invalidated', "
    "'invalidated>confirmed', 'invalidated>erased', 'withdrawn>erased', 'pending>witnessed', 'witnessed>pending', "
    "'witnessed>confirmed', 'witnessed>withdrawn', 'witnessed>erased', 'witnessed>invalidated', 'invalidated>witnessed'"
)
# Somebody's own press alone moves a signature to another person, and corrects one that its owner has confirmed.
FROM_ELSEWHERE = (
    "NEW.person_key IS DISTINCT FROM OLD.person_key OR OLD.state = 'confirmed' AND (NEW.name_key, NEW.postcode_key) "
    "IS DISTINCT FROM (OLD.name_key, OLD.postcode_key)"
)
BY_SIGNER = f"(current_user = '{PUBLIC}' AND OLD.state = 'confirmed' AND NEW.state = 'confirmed')"


def upgrade() -> None:
    _columns()
    _guard(
        f"({FROM_ELSEWHERE}) AND NOT {BY_SIGNER}",
        (*PERSONAL, "job_cipher", "workplace_cipher"),
        "NEW.public_name := false;",
    )
    _public()
    _names()


def _columns() -> None:
    for column in ("job", "workplace"):
        op.drop_column("pledge", column)
        op.add_column("pledge", sa.Column(f"{column}_cipher", sa.LargeBinary))
    op.add_column("pledge", sa.Column("public_name", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("pledge", sa.Column("link_version", sa.SmallInteger, nullable=False, server_default="0"))
    op.create_index(
        "ix_pledge_public_name",
        "pledge",
        ["drive_id", "id"],
        postgresql_where=sa.text("public_name AND state = 'confirmed'"),
    )
    op.add_column("pledge_consent", words("condition", server_default="explicit_consent"))
    op.create_check_constraint("condition", "pledge_consent", "condition IN ('explicit_consent')")
    op.drop_constraint("purpose", "pledge_consent", type_="check")
    op.create_check_constraint("purpose", "pledge_consent", "purpose IN ('pledge', 'updates', 'public_name')")
    op.create_table(
        "pledge_mail_request",
        *_owned(),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("drive_id", sa.Uuid, nullable=False),
        sa.Column("email_key", sa.LargeBinary, nullable=False),
        *_mailed(),
        sa.ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    )
    op.create_index(
        "ix_pledge_mail_request_organisation_id_drive_id_email_key",
        "pledge_mail_request",
        ["organisation_id", "drive_id", "email_key"],
    )
    secure(op, "pledge_mail_request", "owned")
    op.create_table(
        "pledge_address_change",
        *_owned(),
        sa.Column("pledge_id", sa.Uuid, nullable=False),
        sa.Column("signing_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("email_cipher", sa.LargeBinary, nullable=False),
        *_mailed(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
    )
    secure(op, "pledge_address_change", "owned")


def _owned() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        created(),
    )


def _mailed() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        words("language", nullable=True),
        instant("sent_at"),
        sa.Column("refusal_code", sa.SmallInteger),
        one_of("language", ("cy", "es", "pt")),
    )


def _row(of: str, names: tuple[str, ...]) -> str:
    return f"({', '.join(f'{of}.{name}' for name in names)})"


def _guard(wrong_keys: str, personal: tuple[str, ...], more: str = "") -> None:
    emptied = " ".join(f"NEW.{name} := NULL;" for name in (*personal, *KEYS))
    op.execute(f"""
        CREATE OR REPLACE FUNCTION app.guard_pledge() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF {_row("NEW", IDENTITY)} IS DISTINCT FROM {_row("OLD", IDENTITY)} THEN
              RAISE EXCEPTION 'what identifies a signature never changes';
            END IF;
            IF {wrong_keys} THEN
              RAISE EXCEPTION 'only its signer corrects a confirmed signature';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({STEPS}) THEN
              RAISE EXCEPTION 'a signature cannot go from % to %', OLD.state, NEW.state;
            END IF;
          END IF;
          IF NEW.state IN ('withdrawn', 'erased') THEN
            {emptied} {more}
            NEW.details_removed_at := coalesce(NEW.details_removed_at, now());
          END IF;
          RETURN NEW;
        END $body$""")


def _public() -> None:
    """The signer changes what is theirs, and asks for mail; whether an address is known, this role cannot learn."""
    op.execute(f"GRANT UPDATE ({EDITABLE}) ON pledge TO {PUBLIC}")
    policy(
        op,
        "pledge_consent",
        "named",
        "INSERT",
        PUBLIC,
        f"{MINE} AND withdrawn_at IS NULL AND purpose = 'public_name' AND EXISTS (SELECT FROM pledge p WHERE "
        "p.organisation_id = pledge_consent.organisation_id AND p.id = pledge_id AND p.state = 'confirmed')",
    )
    op.execute(f"GRANT INSERT ON pledge_mail_request TO {PUBLIC}")
    policy(
        op,
        "pledge_mail_request",
        "ask",
        "INSERT",
        PUBLIC,
        "id = (SELECT app.subject()) AND sent_at IS NULL "
        "AND EXISTS (SELECT FROM pledge_drive d WHERE d.id = drive_id AND d.campaign_id = "
        "pledge_mail_request.campaign_id AND d.status IN ('open', 'closed')) "
        "AND EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = pledge_mail_request.campaign_id "
        "AND m.organisation_id = pledge_mail_request.organisation_id AND m.coalition_status <> 'left')",
    )
    op.execute(f"GRANT SELECT, INSERT, DELETE ON pledge_address_change TO {PUBLIC}")
    policy(
        op,
        "pledge_address_change",
        "mine_insert",
        "INSERT",
        PUBLIC,
        f"{MINE} AND sent_at IS NULL AND EXISTS (SELECT FROM pledge p WHERE p.organisation_id = "
        "pledge_address_change.organisation_id AND p.id = pledge_id AND p.part = 'collected' "
        "AND p.signing_id = pledge_address_change.signing_id AND p.state = 'confirmed')",
    )
    policy(op, "pledge_address_change", "mine_read", "SELECT", PUBLIC, MINE)
    policy(op, "pledge_address_change", "mine_delete", "DELETE", PUBLIC, MINE)


def _names() -> None:
    """Names that were ticked to be shown, and nothing beside them: neither when they signed nor with whom."""
    columns = "drive_id, id, part, state, public_name, name, person_key, name_key"
    op.execute(f"GRANT SELECT ({columns}) ON pledge TO {COUNTER}")
    policy(op, "pledge", "named", "SELECT", COUNTER, "public_name AND state = 'confirmed'")
    sample = (
        "SELECT p.name, p.person_key, p.name_key FROM pledge p WHERE p.drive_id = d AND p.public_name "
        "AND p.state = 'confirmed' AND p.part = 'collected' AND p.name IS NOT NULL AND p.id"
    )
    define(
        op,
        "app.public_names(d uuid, most int)",
        "SETOF text",
        f"""
        DECLARE start uuid := gen_random_uuid();
        BEGIN
          IF NOT EXISTS (SELECT FROM pledge_drive WHERE id = d AND status IN ('open', 'closed')) THEN RETURN; END IF;
          RETURN QUERY WITH drawn AS (
            (({sample} >= start ORDER BY p.id LIMIT most) UNION ALL ({sample} < start ORDER BY p.id LIMIT most))
            LIMIT most)
          SELECT o.name FROM (SELECT DISTINCT ON (n.person_key, n.name_key) n.name FROM drawn n) o ORDER BY random();
        END""",
        grant=PUBLIC,
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.public_names")
    op.execute("DROP POLICY named ON pledge")
    op.execute(f"REVOKE ALL ON pledge FROM {COUNTER}")
    op.drop_table("pledge_address_change")
    op.drop_table("pledge_mail_request")
    op.execute("DROP POLICY named ON pledge_consent")
    op.execute("DELETE FROM pledge_consent WHERE purpose = 'public_name'")
    op.execute(f"REVOKE UPDATE ({EDITABLE}) ON pledge FROM {PUBLIC}")
    _guard("NEW.person_key IS DISTINCT FROM OLD.person_key", (*PERSONAL, "job", "workplace"))
    op.drop_constraint("purpose", "pledge_consent", type_="check")
    op.create_check_constraint("purpose", "pledge_consent", "purpose IN ('pledge', 'updates')")
    op.drop_column("pledge_consent", "condition")
    op.drop_index("ix_pledge_public_name", "pledge")
    for column in ("link_version", "public_name"):
        op.drop_column("pledge", column)
    for column in ("job", "workplace"):
        op.drop_column("pledge", f"{column}_cipher")
        op.add_column("pledge", sa.Column(column, sa.Text))
