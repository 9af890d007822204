"""Officers sign in by a mailed link or its code, without a password; their sessions are rows that can be ended."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created, instant, to, words
from organising.platform.schema import define, policy, secure

revision = "0071b_officer_links"
down_revision = "0073_calls"

STAFF, COUNTER = "organising_runtime", "organising_counter"
GATE = "app.purpose() = 'identity'"
TODAY = "(now() AT TIME ZONE 'Europe/London')::date"
LIVE = f"m.role = 'officer' AND m.ended_at IS NULL AND (m.ends_on IS NULL OR m.ends_on >= {TODAY})"
OPEN = "used_at IS NULL AND expires_at > now() AND failed_count < 5"
TABLES = ("officer_link", "officer_session")
FUNCTIONS = (
    "ask_officer_link(bytea, uuid, timestamptz)",
    "unsent_officer_requests()",
    "unsent_officer_links(uuid)",
    "take_officer_link(uuid, bytea)",
    "give_officer_link_back(uuid)",
    "find_officer_link(uuid)",
    "spend_officer_link(uuid, uuid, text)",
    "spend_officer_code(uuid, bytea, uuid, text)",
    "open_officer_session(uuid, uuid, uuid, text)",
    "confirm_officer_session(uuid)",
)


def upgrade() -> None:
    op.create_table(
        "officer_link",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("request_id", sa.Uuid, nullable=False),
        to("membership", nullable=False),
        to("user", nullable=False, ondelete="CASCADE"),
        sa.Column("code_hash", sa.LargeBinary),
        sa.Column("failed_count", sa.Integer, nullable=False, server_default="0"),
        instant("expires_at", nullable=False),
        instant("sent_at"),
        instant("used_at"),
        created(),
    )
    op.create_table(
        "officer_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        to("membership", nullable=False),
        to("user", nullable=False, ondelete="CASCADE"),
        to("organisation", nullable=False),
        words("device_label"),
        instant("expires_at", nullable=False),
        # Empty while the second step is still asked for.
        instant("confirmed_at"),
        instant("last_used_at", nullable=False, server_default=sa.func.now()),
        instant("revoked_at"),
        created(),
    )
    for table, columns in (
        ("officer_link", ["request_id"]),
        ("officer_link", ["user_id"]),
        ("officer_session", ["user_id"]),
        ("officer_session", ["membership_id"]),
    ):
        op.create_index(f"ix_{table}_{columns[0]}", table, columns)
    for table in TABLES:
        secure(op, table, "identity")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {COUNTER}")
        policy(op, table, "definer", "ALL", COUNTER, "true")
    _sessions()
    _asking()
    _spending()


def _sessions() -> None:
    """One's own sessions, and for those in charge the sessions of their organisation's officers."""
    mine = "user_id = (SELECT app.usr())"
    ours = "organisation_id = (SELECT app.org()) AND (SELECT app.own_role()) IN ('coordinator', 'admin')"
    op.execute(f"GRANT SELECT, UPDATE (revoked_at, last_used_at) ON officer_session TO {STAFF}")
    policy(op, "officer_session", "mine_or_ours", "SELECT", STAFF, f"{mine} OR {ours}")
    policy(op, "officer_session", "mine_or_ours_ended", "UPDATE", STAFF, f"{mine} OR {ours}")


def _asking() -> None:
    define(
        op,
        "app.ask_officer_link(k bytea, request uuid, expires timestamptz)",
        "void",
        f"""
        INSERT INTO officer_link (id, request_id, membership_id, user_id, expires_at)
          SELECT gen_random_uuid(), request, m.id, m.user_id, expires FROM "user" u
            JOIN membership m ON m.user_id = u.id AND {LIVE}
            JOIN organisation o ON o.id = m.organisation_id AND o.left_at IS NULL
           WHERE u.email_key = k AND {GATE}
             AND (SELECT count(DISTINCT l.request_id) FROM officer_link l WHERE l.user_id = u.id
                   AND l.created_at > now() - interval '1 hour') < 3
             AND (SELECT count(DISTINCT l.request_id) FROM officer_link l WHERE l.user_id = u.id
                   AND l.created_at > now() - interval '1 day') < 10
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.unsent_officer_requests()",
        "SETOF uuid",
        f"SELECT DISTINCT request_id FROM officer_link WHERE sent_at IS NULL AND {OPEN} AND {GATE}",
        grant=STAFF,
    )
    define(
        op,
        "app.unsent_officer_links(request uuid)",
        "SETOF uuid",
        f"SELECT id FROM officer_link WHERE request_id = request AND sent_at IS NULL AND {OPEN} AND {GATE}",
        grant=STAFF,
    )
    define(
        op,
        "app.take_officer_link(link uuid, hash bytea)",
        "TABLE (user_id uuid, email_cipher bytea, organisation_name text, unit_name text)",
        f"WITH l AS (UPDATE officer_link SET sent_at = now(), code_hash = hash WHERE id = link AND sent_at IS NULL AND {OPEN} "
        f"AND {GATE} RETURNING officer_link.user_id, officer_link.membership_id) "
        'SELECT u.id, u.email_cipher, o.name, n.name FROM l JOIN "user" u ON u.id = l.user_id '
        f"JOIN membership m ON m.id = l.membership_id AND {LIVE} JOIN organisation o ON o.id = m.organisation_id "
        "JOIN unit n ON n.organisation_id = m.organisation_id AND n.id = m.unit_id",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.give_officer_link_back(link uuid)",
        "void",
        f"UPDATE officer_link SET sent_at = NULL, code_hash = NULL WHERE id = link AND {GATE}",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.find_officer_link(link uuid)",
        "TABLE (organisation_name text, unit_name text)",
        "SELECT o.name, n.name FROM officer_link l "
        f"JOIN membership m ON m.id = l.membership_id AND {LIVE} JOIN organisation o ON o.id = m.organisation_id "
        "AND o.left_at IS NULL JOIN unit n ON n.organisation_id = m.organisation_id AND n.id = m.unit_id "
        f"WHERE l.id = link AND l.sent_at IS NOT NULL AND {OPEN} AND {GATE}",
        grant=STAFF,
    )


def _spending() -> None:
    """Each link and its code once, together: the row is taken under its lock. A try is counted before it is judged."""
    answer = "TABLE (user_id uuid, session_epoch int, organisation_id uuid, has_second_factor bool)"
    begin = f"""
          INSERT INTO officer_session (id, membership_id, user_id, organisation_id, device_label, expires_at, confirmed_at)
            SELECT fresh, m.id, m.user_id, m.organisation_id, left(device, 80), now() + interval '30 days',
                   CASE WHEN EXISTS (SELECT FROM second_factor s WHERE s.id = m.user_id AND s.confirmed_at IS NOT NULL)
                        THEN NULL ELSE now() END
              FROM membership m JOIN organisation o ON o.id = m.organisation_id AND o.left_at IS NULL
             WHERE m.id = taken AND {LIVE};
          RETURN QUERY SELECT u.id, u.session_epoch, s.organisation_id, s.confirmed_at IS NULL
            FROM officer_session s JOIN "user" u ON u.id = s.user_id WHERE s.id = fresh;
    """
    define(
        op,
        "app.spend_officer_link(link uuid, fresh uuid, device text)",
        answer,
        f"""
        DECLARE taken uuid;
        BEGIN
          UPDATE officer_link SET used_at = now() WHERE id = link AND sent_at IS NOT NULL AND {OPEN} AND {GATE}
            RETURNING membership_id INTO taken;
          IF NOT FOUND THEN RETURN; END IF;
          {begin}
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.spend_officer_code(request uuid, hash bytea, fresh uuid, device text)",
        answer,
        f"""
        DECLARE taken uuid;
        BEGIN
          UPDATE officer_link SET failed_count = failed_count + 1
            WHERE request_id = request AND sent_at IS NOT NULL AND {OPEN} AND {GATE};
          IF NOT FOUND THEN RETURN; END IF;
          UPDATE officer_link SET used_at = now() WHERE request_id = request AND used_at IS NULL
             AND expires_at > now() AND code_hash = hash RETURNING membership_id INTO taken;
          IF NOT FOUND THEN RETURN; END IF;
          {begin}
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.open_officer_session(fresh uuid, person uuid, partner uuid, device text)",
        "bool",
        f"""
        WITH s AS (INSERT INTO officer_session (id, membership_id, user_id, organisation_id, device_label, expires_at, confirmed_at)
          SELECT fresh, m.id, m.user_id, m.organisation_id, left(device, 80), now() + interval '30 days', now()
            FROM membership m WHERE m.user_id = person AND m.organisation_id = partner AND {LIVE} AND {GATE}
             AND NOT EXISTS (SELECT FROM second_factor f WHERE f.id = person AND f.confirmed_at IS NOT NULL) RETURNING 1)
        SELECT EXISTS (SELECT FROM s)
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.confirm_officer_session(fresh uuid)",
        "void",
        f"UPDATE officer_session SET confirmed_at = now() WHERE id = fresh AND confirmed_at IS NULL AND {GATE}",
        grant=STAFF,
        options="VOLATILE",
    )


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION app.{function}")
    for table in reversed(TABLES):
        op.drop_table(table)
