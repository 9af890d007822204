"""The second factor: sealed secrets, recovery codes, notices by mail, and which roles an organisation demands it of."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created
from organising.platform.schema import OWN, define, policy, restrict, secure

revision = "0067_second_factor"
down_revision = "0055_segments"

STAFF, COUNTER = "organising_runtime", "organising_counter"
GATE = "app.purpose() = 'identity'"
# Five free tries, then a wait that doubles from a minute to half a day: a guess in a million stays one.
LOCKED = (
    "failed_count >= 5 AND failed_at > now() - least(interval '1 minute' * power(2, least(failed_count - 5, 10)), "
    "interval '12 hours')"
)
TABLES = ("second_factor", "recovery_code", "account_notice")


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _tables()
    _demands()
    _setting_up()
    _asking()
    _resetting()
    _notices()


def _tables() -> None:
    op.create_table(
        "second_factor",
        # The person's own, so that the sealed secret is bound to them.
        sa.Column("id", sa.Uuid, sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("secret_cipher", sa.LargeBinary, nullable=False),
        instant("confirmed_at"),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("failed_count", sa.Integer, nullable=False, server_default="0"),
        instant("failed_at"),
        created(),
    )
    op.create_table(
        "recovery_code",
        sa.Column(
            "user_id", sa.Uuid, sa.ForeignKey("second_factor.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        instant("used_at"),
        created(),
    )
    op.create_table(
        "account_notice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id")),
        sa.Column("kind", sa.Text, nullable=False),
        instant("sent_at"),
        created(),
        sa.CheckConstraint(
            "kind IN ('second_factor_on','second_factor_off','second_factor_reset','recovery_code_used')",
            name="kind",
        ),
    )
    op.create_index("ix_account_notice_user_id", "account_notice", ["user_id"])
    for table in TABLES:
        secure(op, table, "identity")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {COUNTER}")
        policy(op, table, "definer", "ALL", COUNTER, "true")


def _demands() -> None:
    op.create_table(
        "second_factor_demand",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        instant("due_at", nullable=False),
        created(),
        sa.UniqueConstraint("organisation_id", "role"),
        sa.CheckConstraint(
            "role IN ('coordinator','deputy','admin','organiser','officer','analyst')", name="role"
        ),
    )
    secure(op, "second_factor_demand", "owned")
    in_charge = "(SELECT app.own_role()) IN ('coordinator', 'admin')"
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(op, "second_factor_demand", f"in_charge_{command.lower()}", command, in_charge)
    op.execute(f"GRANT SELECT ON second_factor_demand TO {COUNTER}")
    policy(op, "second_factor_demand", "definer", "SELECT", COUNTER, "true")
    define(
        op,
        "app.second_factor_due(partner uuid, held text)",
        "timestamptz",
        "SELECT d.due_at FROM second_factor_demand d WHERE d.organisation_id = partner AND d.role = held "
        "AND EXISTS (SELECT FROM membership m WHERE m.organisation_id = partner AND m.user_id = app.usr() "
        "AND m.ended_at IS NULL)",
        grant=STAFF,
    )
    define(
        op,
        "app.has_second_factor(person uuid)",
        "bool",
        "SELECT EXISTS (SELECT FROM second_factor WHERE id = person AND confirmed_at IS NOT NULL "
        f"AND (person = app.usr() OR {GATE}))",
        grant=STAFF,
    )
    define(
        op,
        "app.members_with_second_factor()",
        "SETOF uuid",
        "SELECT s.id FROM second_factor s JOIN membership m ON m.user_id = s.id "
        f"WHERE s.confirmed_at IS NOT NULL AND m.ended_at IS NULL AND m.{OWN}",
        grant=STAFF,
    )


def _setting_up() -> None:
    """What a person does with their own: begin, see what was begun, confirm, renew the codes, turn off."""
    define(
        op,
        "app.begin_second_factor(cipher bytea)",
        "bool",
        f"WITH s AS (INSERT INTO second_factor (id, secret_cipher) SELECT app.usr(), cipher WHERE app.usr() IS NOT NULL AND {GATE} "
        "ON CONFLICT (id) DO UPDATE SET secret_cipher = excluded.secret_cipher, created_at = now(), last_step = 0, "
        "failed_count = 0, failed_at = NULL WHERE second_factor.confirmed_at IS NULL RETURNING 1) SELECT EXISTS (SELECT FROM s)",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.own_second_factor()",
        "TABLE (confirmed_at timestamptz, codes_left int, secret_cipher bytea)",
        "SELECT s.confirmed_at, (SELECT count(*)::int FROM recovery_code c WHERE c.user_id = s.id AND c.used_at IS NULL), "
        "CASE WHEN s.confirmed_at IS NULL THEN s.secret_cipher END FROM second_factor s "
        f"WHERE s.id = app.usr() AND {GATE}",
        grant=STAFF,
    )
    define(
        op,
        "app.renew_recovery_codes(hashes bytea[])",
        "bool",
        f"""
        BEGIN
          PERFORM FROM second_factor WHERE id = app.usr() AND confirmed_at IS NOT NULL AND {GATE} FOR UPDATE;
          IF NOT FOUND THEN RETURN false; END IF;
          DELETE FROM recovery_code WHERE user_id = app.usr();
          INSERT INTO recovery_code (user_id, code_hash) SELECT app.usr(), unnest(hashes);
          RETURN true;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.confirm_second_factor(step bigint, hashes bytea[])",
        "int",
        f"""
        DECLARE epoch int;
        BEGIN
          UPDATE second_factor SET confirmed_at = now(), last_step = step, failed_count = 0, failed_at = NULL
            WHERE id = app.usr() AND confirmed_at IS NULL AND {GATE};
          IF NOT FOUND THEN RETURN NULL; END IF;
          PERFORM app.renew_recovery_codes(hashes);
          UPDATE "user" SET session_epoch = session_epoch + 1 WHERE id = app.usr() RETURNING session_epoch INTO epoch;
          RETURN epoch;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.drop_second_factor(begun_only bool)",
        "bool",
        f"WITH s AS (DELETE FROM second_factor WHERE id = app.usr() AND {GATE} "
        "AND (confirmed_at IS NULL OR NOT begun_only) RETURNING 1) SELECT EXISTS (SELECT FROM s)",
        grant=STAFF,
        options="VOLATILE",
    )


def _asking() -> None:
    """A try is counted before it is judged, under the row's lock, so that many at once are not more tries."""
    define(
        op,
        "app.try_second_factor(person uuid)",
        "TABLE (secret_cipher bytea, last_step bigint)",
        "UPDATE second_factor SET failed_count = failed_count + 1, failed_at = now() "
        f"WHERE id = person AND {GATE} AND NOT coalesce({LOCKED}, false) "
        "RETURNING secret_cipher, last_step",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.pass_second_factor(person uuid, step bigint)",
        "bool",
        "WITH s AS (UPDATE second_factor SET last_step = step, failed_count = 0, failed_at = NULL "
        f"WHERE id = person AND last_step < step AND {GATE} RETURNING 1) SELECT EXISTS (SELECT FROM s)",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.use_recovery_code(person uuid, hash bytea)",
        "int",
        f"""
        BEGIN
          UPDATE recovery_code SET used_at = now() WHERE user_id = person AND code_hash = hash AND used_at IS NULL AND {GATE};
          IF NOT FOUND THEN RETURN NULL; END IF;
          UPDATE second_factor SET failed_count = 0, failed_at = NULL WHERE id = person;
          RETURN (SELECT count(*) FROM recovery_code c WHERE c.user_id = person AND c.used_at IS NULL);
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )


def _resetting() -> None:
    """An admin's colleague has lost phone and codes: taken off, every device signed out, and told by mail."""
    define(
        op,
        "app.reset_second_factor(person uuid, notice uuid)",
        "bool",
        """
        BEGIN
          IF app.purpose() IS DISTINCT FROM 'setup' AND NOT EXISTS (
              SELECT FROM membership m WHERE m.user_id = person AND m.organisation_id = app.org() AND m.ended_at IS NULL
                AND person IS DISTINCT FROM app.usr()
                AND (app.own_role() = 'coordinator' OR app.own_role() = 'admin' AND m.role NOT IN ('coordinator', 'deputy'))) THEN
            RETURN false;
          END IF;
          DELETE FROM second_factor WHERE id = person;
          IF NOT FOUND THEN RETURN false; END IF;
          UPDATE "user" SET session_epoch = session_epoch + 1 WHERE id = person;
          INSERT INTO account_notice (id, user_id, organisation_id, kind)
            VALUES (notice, person, app.org(), 'second_factor_reset');
          RETURN true;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.find_account(k bytea)",
        "uuid",
        "SELECT id FROM \"user\" WHERE email_key = k AND app.purpose() = 'setup'",
        grant=STAFF,
    )


def _notices() -> None:
    define(
        op,
        "app.tell_account(notice uuid, person uuid, what text)",
        "void",
        f"""
        BEGIN
          IF {GATE} IS NOT TRUE THEN RETURN; END IF;
          DELETE FROM account_notice WHERE user_id = person AND created_at < now() - interval '30 days';
          INSERT INTO account_notice (id, user_id, kind) VALUES (notice, person, what);
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.unsent_account_notices()",
        "SETOF uuid",
        f"SELECT id FROM account_notice WHERE sent_at IS NULL AND created_at > now() - interval '1 day' AND {GATE}",
        grant=STAFF,
    )
    define(
        op,
        "app.take_account_notice(notice uuid)",
        "TABLE (user_id uuid, email_cipher bytea, kind text, organisation_name text)",
        f"WITH n AS (UPDATE account_notice SET sent_at = now() WHERE id = notice AND sent_at IS NULL AND {GATE} "
        "RETURNING account_notice.user_id, account_notice.organisation_id, account_notice.kind) "
        'SELECT u.id, u.email_cipher, n.kind, o.name FROM n JOIN "user" u ON u.id = n.user_id '
        "LEFT JOIN organisation o ON o.id = n.organisation_id",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.give_account_notice_back(notice uuid)",
        "void",
        f"UPDATE account_notice SET sent_at = NULL WHERE id = notice AND {GATE}",
        grant=STAFF,
        options="VOLATILE",
    )


def downgrade() -> None:
    for function in (
        "give_account_notice_back(uuid)",
        "take_account_notice(uuid)",
        "unsent_account_notices()",
        "tell_account(uuid, uuid, text)",
        "find_account(bytea)",
        "reset_second_factor(uuid, uuid)",
        "use_recovery_code(uuid, bytea)",
        "pass_second_factor(uuid, bigint)",
        "try_second_factor(uuid)",
        "drop_second_factor(bool)",
        "confirm_second_factor(bigint, bytea[])",
        "renew_recovery_codes(bytea[])",
        "own_second_factor()",
        "begin_second_factor(bytea)",
        "members_with_second_factor()",
        "has_second_factor(uuid)",
        "second_factor_due(uuid, text)",
    ):
        op.execute(f"DROP FUNCTION app.{function}")
    op.drop_table("second_factor_demand")
    for table in reversed(TABLES):
        op.drop_table(table)
