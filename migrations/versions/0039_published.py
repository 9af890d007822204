"""Each organisation's people enter the published tallies in tens, so that no number gives anybody away."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.schema import define, policy, secure

revision = "0039_published"
down_revision = "0038_tallies"

STAFF = "organising_runtime"
# Tables that are taken as they are counted; and those that the public does not read.
COUNTED_BY = "'sector', 'channel', 'constituency'"
PARTNERS_ONLY = "'channel'"
LOCK = "PERFORM pg_advisory_xact_lock(hashtextextended(d::text, 7));"


def key(name: str, kind: Any = sa.Uuid) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def required(name: str, kind: Any = sa.Uuid) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.execute("DELETE FROM tally_published")
    op.add_column("tally_published", required("kind", sa.Text))
    _published_key("drive_id, audience, kind, dimension, cell")
    op.create_table(
        "shown", key("drive_id"), key("kind", sa.Text), key("organisation_id"), key("dimension", sa.Text),
        key("cell", sa.Text), required("n", sa.BigInteger), schema="counting",
    )  # fmt: skip
    op.create_table(
        "tally_frozen", key("drive_id"), key("day", sa.Date), required("campaign_id"), required("author_label", sa.Text),
        required("as_of", sa.DateTime(timezone=True)), required("figures", JSONB),
    )  # fmt: skip
    secure(op, "counting.shown", "aggregate")
    secure(op, "tally_frozen", "aggregate", published="true")
    op.execute(f"GRANT SELECT ON tally_frozen TO {STAFF}")
    policy(op, "tally_frozen", "read", "SELECT", STAFF, "true")
    _steps()
    _tables()
    _publish()
    _freeze()


def _published_key(columns: str) -> None:
    op.execute("ALTER TABLE tally_published DROP CONSTRAINT pk_tally_published")
    op.execute(f"ALTER TABLE tally_published ADD CONSTRAINT pk_tally_published PRIMARY KEY ({columns})")


def _steps() -> None:
    """A step is taken only once ten people of one organisation have come or gone since its last one.

    No number of another organisation takes part in it, so nobody can push it over the edge with signatures of their own.
    Once shown, ten stays: nine could be told from its going away.
    """
    define(
        op,
        "app.step(shown bigint, counted bigint)",
        "bigint",
        "SELECT CASE WHEN counted >= shown + 10 THEN counted / 10 * 10 "
        "WHEN counted <= shown - 10 THEN greatest(10, (counted + 9) / 10 * 10) ELSE shown END",
        grant="",
        options="IMMUTABLE",
    )


def _tables() -> None:
    """An organisation's part in each one-way table, in full tens, taken anew at its step and not between.

    At a step the organisation's number may be known to the person; so at least ten stay outside the cells shown, and
    what lies in the cells not shown is never known to be nobody.
    """
    define(
        op,
        "app.tens(d uuid, k text, o uuid, whole bigint)",
        "TABLE (dimension text, cell text, n bigint)",
        f"""
        WITH exact AS (
          SELECT t.dimension, t.cell, t.n FROM counting.tally t
           WHERE t.drive_id = d AND t.kind = k AND t.organisation_id = o
             AND t.dimension IN ({COUNTED_BY})
          UNION ALL
          SELECT 'region', coalesce(a.region, 'unallocated'), sum(t.n)::bigint FROM counting.tally t
            LEFT JOIN area a ON a.kind = 'westminster' AND a.gss_code = t.cell
           WHERE t.drive_id = d AND t.kind = k AND t.organisation_id = o AND t.dimension = 'constituency' GROUP BY 2),
        full_tens AS (
          SELECT e.dimension, e.cell, e.n / 10 * 10 AS n,
                 sum(e.n / 10 * 10) OVER (PARTITION BY e.dimension) AS all_cells,
                 row_number() OVER (PARTITION BY e.dimension ORDER BY e.n / 10 DESC, e.cell) AS place
            FROM exact e),
        kept AS (
          SELECT f.dimension, f.cell, f.n - CASE WHEN f.place = 1 AND whole - f.all_cells < 10 THEN 10 ELSE 0 END AS n
            FROM full_tens f)
        SELECT dimension, cell, n FROM kept WHERE n >= 10""",
        grant="",
    )


def _publish() -> None:
    named = (
        "CASE WHEN h.dimension <> 'all' THEN h.dimension ELSE 'organisation' END AS dimension, "
        "CASE WHEN h.dimension <> 'all' THEN h.cell ELSE {name} END AS cell"
    )
    known = (
        "CASE WHEN EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = c AND m.organisation_id = h.organisation_id "
        "AND m.coalition_status IN ('member', 'lead')) THEN h.organisation_id::text ELSE 'other' END"
    )
    tables = " ".join(
        f"""INSERT INTO tally_published (campaign_id, drive_id, audience, kind, dimension, cell, n, as_of)
            SELECT c, d, '{audience}', h.kind, {named.format(name=name)}, sum(h.n), moment FROM counting.shown h
             WHERE h.drive_id = d {condition} GROUP BY h.kind, 5, 6;"""
        for audience, name, condition in (
            ("public", known, f"AND h.dimension NOT IN ({PARTNERS_ONLY})"),
            ("coalition", "h.organisation_id::text", ""),
        )
    )
    define(
        op,
        "app.publish_at(d uuid, moment timestamptz)",
        "void",
        f"""
        DECLARE c uuid := (SELECT campaign_id FROM pledge_drive WHERE id = d AND status <> 'archived');
                today date := (moment AT TIME ZONE 'Europe/London')::date; moved bool := false; s record;
        BEGIN
          IF c IS NULL THEN RETURN; END IF;
          {LOCK}
          FOR s IN SELECT kind, organisation_id, app.step(coalesce(h.n, 0), coalesce(t.n, 0)) AS n
                     FROM (SELECT * FROM counting.tally WHERE drive_id = d AND dimension = 'all') t
                     FULL JOIN (SELECT * FROM counting.shown WHERE drive_id = d AND dimension = 'all') h
                          USING (kind, organisation_id)
                    WHERE app.step(coalesce(h.n, 0), coalesce(t.n, 0)) <> coalesce(h.n, 0) LOOP
            DELETE FROM counting.shown h WHERE h.drive_id = d AND h.kind = s.kind AND h.organisation_id = s.organisation_id;
            INSERT INTO counting.shown VALUES (d, s.kind, s.organisation_id, 'all', 'all', s.n);
            INSERT INTO counting.shown SELECT d, s.kind, s.organisation_id, x.*
              FROM app.tens(d, s.kind, s.organisation_id, s.n) x;
            moved := true;
          END LOOP;
          IF moved THEN
            DELETE FROM tally_published WHERE drive_id = d AND dimension <> 'running';
            {tables}
            PERFORM app.publish_past(d, c, today, moment);
          END IF;
          -- The date moves on whether anybody signed or not: it must not tell of one who did.
          INSERT INTO tally_published AS p (campaign_id, drive_id, audience, kind, dimension, cell, n, as_of)
            SELECT c, d, a.audience, k.kind, v.dimension, v.cell, h.n, moment
              FROM (VALUES ('public'), ('coalition')) a (audience), (VALUES ('confirmed'), ('witnessed')) k (kind),
                   (VALUES ('all', 'all'), ('running', today::text)) v (dimension, cell),
                   LATERAL (SELECT sum(x.n) AS n FROM counting.shown x
                             WHERE x.drive_id = d AND x.kind = k.kind AND x.dimension = 'all') h
             WHERE v.dimension = 'all' OR h.n IS NOT NULL
            ON CONFLICT (drive_id, audience, kind, dimension, cell) DO UPDATE SET n = excluded.n, as_of = moment;
        END""",
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.publish_past(d uuid, c uuid, today date, moment timestamptz)",
        "void",
        """
        INSERT INTO tally_published (campaign_id, drive_id, audience, kind, dimension, cell, n, as_of)
          SELECT c, d, a.audience, g.kind, 'running', g.day, sum(g.n), moment
            FROM (VALUES ('public'), ('coalition')) a (audience), (
              SELECT h.kind, days.cell AS day, least(sum(t.n)::bigint / 10 * 10, h.n - 10) AS n
                FROM (SELECT DISTINCT kind, cell FROM counting.tally
                       WHERE drive_id = d AND dimension = 'day' AND cell < today::text) days
                JOIN counting.shown h ON h.drive_id = d AND h.kind = days.kind AND h.dimension = 'all'
                JOIN counting.tally t ON t.drive_id = d AND t.kind = h.kind AND t.organisation_id = h.organisation_id
                     AND t.dimension = 'day' AND t.cell <= days.cell
               GROUP BY h.kind, h.organisation_id, days.cell, h.n) g
           WHERE g.n > 0 AND NOT EXISTS (SELECT FROM tally_published p
                  WHERE p.drive_id = d AND p.kind = g.kind AND p.dimension = 'running')
           GROUP BY a.audience, g.kind, g.day""",
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.publish(d uuid)",
        "void",
        "SELECT app.publish_at(d, date_trunc('minute', now()))",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.drives_to_publish()",
        "SETOF uuid",
        "SELECT d.id FROM pledge_drive d WHERE d.status IN ('open', 'closed')",
        grant=STAFF,
    )


def _freeze() -> None:
    """A dated copy of what the public reads; nothing new is said, so it can be given to anybody."""
    define(
        op,
        "app.freeze_tally(d uuid, author text)",
        "date",
        """
        DECLARE today date := (now() AT TIME ZONE 'Europe/London')::date;
        BEGIN
          INSERT INTO tally_frozen (drive_id, day, campaign_id, author_label, as_of, figures)
            SELECT d, today, p.campaign_id, author, max(p.as_of),
                   jsonb_agg(jsonb_build_array(p.kind, p.dimension, p.cell, p.n) ORDER BY p.kind, p.dimension, p.cell)
              FROM tally_published p JOIN pledge_drive g ON g.id = p.drive_id AND g.status IN ('open', 'closed')
             WHERE p.drive_id = d AND p.audience = 'public' AND p.campaign_id = ANY (app.campaigns())
               AND p.dimension <> 'running' AND p.n IS NOT NULL
             GROUP BY p.campaign_id
            ON CONFLICT DO NOTHING;
          RETURN (SELECT f.day FROM tally_frozen f WHERE f.drive_id = d AND f.day = today);
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


FUNCTIONS = (
    "freeze_tally", "drives_to_publish", "publish", "publish_past", "publish_at", "tens", "step",
)  # fmt: skip


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION app.{name}")
    for table in ("counting.shown", "tally_frozen"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DELETE FROM tally_published")
    _published_key("drive_id, audience, dimension, cell")
    op.drop_column("tally_published", "kind")
