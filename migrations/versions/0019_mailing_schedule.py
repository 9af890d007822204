"""When a mailing leaves, and how fast anybody may be written to by all partners together."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import define, secure

revision = "0019_mailing_schedule"
down_revision = "0018_parliaments"

STAFF = "organising_runtime"

# A slot is a twelfth of its window. Thirteen are counted, so that no window of any phase holds more than the cap.
TAKE = """
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    -- One taker at a time: two runners must not both find the last slot free. It ends with the transaction.
    PERFORM pg_advisory_xact_lock(hashtextextended('sending slots', 0));
    RETURN QUERY
    WITH wanted AS (
        SELECT * FROM unnest(numbers, names, caps, seconds) AS w (message, name, cap, span)),
    room AS (
        SELECT k.name, k.cap - coalesce(u.used, 0) AS places, p.until_at
          FROM (SELECT DISTINCT w.name, w.cap, w.span FROM wanted w) k
          LEFT JOIN LATERAL (
            SELECT sum(s.taken) AS used FROM counting.sending_slot s
             WHERE s.name = k.name AND s.began_at > moment - make_interval(secs => k.span * 13 / 12)) u ON true
          LEFT JOIN counting.sending_slow p ON p.name = k.name AND p.until_at > moment),
    ranked AS (
        SELECT w.message, w.span, r.until_at, r.until_at IS NULL
               AND row_number() OVER (PARTITION BY w.name ORDER BY w.message) <= r.places AS goes
          FROM wanted w JOIN room r ON r.name = w.name),
    judged AS (
        SELECT k.message, bool_and(k.goes) AS goes,
               max(coalesce(k.until_at, moment + make_interval(secs => k.span / 12))) FILTER (WHERE NOT k.goes) AS later
          FROM ranked k GROUP BY k.message),
    taking AS (
        INSERT INTO counting.sending_slot AS s (name, began_at, taken)
        SELECT w.name, to_timestamp(floor(extract(epoch FROM moment) / (w.span / 12)) * (w.span / 12)), count(*)
          FROM wanted w JOIN judged j ON j.message = w.message AND j.goes GROUP BY w.name, w.span
        ON CONFLICT (name, began_at) DO UPDATE SET taken = s.taken + excluded.taken)
    SELECT j.message, j.later FROM judged j WHERE NOT j.goes;
END
"""


def upgrade() -> None:
    op.add_column("mailing", sa.Column("send_at", sa.DateTime(timezone=True)))
    op.add_column("mailing", sa.Column("window_from", sa.Time))
    op.add_column("mailing", sa.Column("window_until", sa.Time))
    op.add_column("mailing", sa.Column("weekdays_only", sa.Boolean, nullable=False, server_default="false"))
    op.add_column("mailing", sa.Column("per_hour", sa.Integer))
    op.add_column("mailing", sa.Column("refusals_known", sa.Integer, nullable=False, server_default="0"))
    op.create_check_constraint(
        op.f("ck_mailing_window"),
        "mailing",
        "(window_from IS NULL) = (window_until IS NULL) AND window_from < window_until",
    )
    op.create_check_constraint(op.f("ck_mailing_per_hour"), "mailing", "per_hour BETWEEN 1 AND 100000")
    _slots()


def _slots() -> None:
    """Counted over all partners, under names that tell nobody whom they stand for; definer functions alone touch them."""
    op.create_table(
        "sending_slot",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("began_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("taken", sa.Integer, nullable=False),
        schema="counting",
    )
    op.create_table(
        "sending_slow",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        schema="counting",
    )
    for table in ("counting.sending_slot", "counting.sending_slow"):
        secure(op, table, "aggregate")
    define(
        op,
        "app.take_sending_slots(numbers integer[], names text[], caps integer[], seconds float8[])",
        "TABLE (number integer, again_at timestamptz)",
        TAKE,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.slow_sending(slow text, first_seconds float8, most_seconds float8)",
        "timestamptz",
        """
        INSERT INTO counting.sending_slow AS s (name, until_at, times)
        VALUES (slow, clock_timestamp() + make_interval(secs => first_seconds), 1)
        ON CONFLICT (name) DO UPDATE SET
          -- Several answers of one lot are one time; an hour of peace begins the count again.
          times = CASE WHEN s.until_at > clock_timestamp() THEN s.times
                       WHEN s.until_at < clock_timestamp() - interval '1 hour' THEN 1 ELSE least(s.times + 1, 20) END,
          until_at = CASE WHEN s.until_at > clock_timestamp() THEN s.until_at
                          WHEN s.until_at < clock_timestamp() - interval '1 hour'
                          THEN clock_timestamp() + make_interval(secs => first_seconds)
                          ELSE clock_timestamp() + make_interval(secs => least(most_seconds, first_seconds * 2 ^ s.times)) END
        RETURNING until_at
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.forget_sending_slots()",
        "void",
        """
        DELETE FROM counting.sending_slot WHERE began_at < clock_timestamp() - interval '2 days';
        DELETE FROM counting.sending_slow WHERE until_at < clock_timestamp() - interval '2 days';
        """,
        grant=STAFF,
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.forget_sending_slots()")
    op.execute("DROP FUNCTION app.slow_sending(text, float8, float8)")
    op.execute("DROP FUNCTION app.take_sending_slots(integer[], text[], integer[], float8[])")
    op.drop_table("sending_slow", schema="counting")
    op.drop_table("sending_slot", schema="counting")
    for name in ("refusals_known", "per_hour", "weekdays_only", "window_until", "window_from", "send_at"):
        op.drop_column("mailing", name)
