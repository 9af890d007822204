"""Counting pledges so that nobody is given away: ballots, the roll-up, the verifier, and what is published."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import define, policy, secure

revision = "0004_pledges"
down_revision = "0004_drives"

STAFF, PUBLIC = "organising_runtime", "organising_public"
COALITION = "m.campaign_id = c AND m.coalition_status <> 'left'"
LOCK = "PERFORM pg_advisory_xact_lock(hashtextextended(d::text, 7));"
AGGREGATES = ("ballot", "counted", "tally", "known", "shown", "cursor")


def created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def required(name: str, kind: type[sa.types.TypeEngine] = sa.Uuid) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def cell() -> tuple[sa.Column, ...]:
    return sa.Column("dimension", sa.Text, primary_key=True), sa.Column("cell", sa.Text, primary_key=True)


def drive() -> sa.Column:
    return sa.Column("drive_id", sa.Uuid, primary_key=True)


def upgrade() -> None:
    _aggregates()
    _keys()
    _ballots()
    _counting()
    _verifying()
    _publishing()


def _aggregates() -> None:
    op.create_table(
        "ballot",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        required("tx", sa.BigInteger),
        *(required(name) for name in ("drive_id", "pledge_id", "organisation_id")),
        required("delta", sa.SmallInteger),
        required("counts", sa.Boolean),
        *(required(name, sa.LargeBinary) for name in ("person_key", "name_key", "postcode_key")),
        required("sector", sa.Text),
        required("day", sa.Date),
        schema="counting",
    )
    op.create_index("ix_ballot_drive_id_tx", "ballot", ["drive_id", "tx"], schema="counting")
    op.create_index("ix_ballot_drive_id_person_key", "ballot", ["drive_id", "person_key"], schema="counting")
    op.create_table(
        "counted",
        drive(),
        sa.Column("person_key", sa.LargeBinary, primary_key=True),
        sa.Column("slot", sa.SmallInteger, primary_key=True),
        required("pledge_id"),
        required("organisation_id"),
        required("sector", sa.Text),
        required("day", sa.Date),
        schema="counting",
    )
    op.create_table("tally", drive(), *cell(), required("n", sa.BigInteger), schema="counting")
    op.create_table(
        "known",
        drive(),
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        *cell(),
        required("n", sa.BigInteger),
        schema="counting",
    )
    op.create_table(
        "shown",
        drive(),
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        required("total", sa.BigInteger),
        required("own", sa.BigInteger),
        schema="counting",
    )
    op.create_table("cursor", drive(), required("upto", sa.BigInteger), schema="counting")
    op.create_table("drive_key", drive(), required("wrapped", sa.LargeBinary), created(), schema="vault")
    for table in (*(f"counting.{name}" for name in AGGREGATES), "vault.drive_key"):
        secure(op, table, "aggregate")
    op.create_table(
        "tally_published",
        required("campaign_id"),
        drive(),
        sa.Column("audience", sa.Text, primary_key=True),
        *cell(),
        sa.Column("n", sa.BigInteger),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("audience IN ('public', 'coalition')", name="audience"),
    )
    secure(op, "tally_published", "aggregate", published="audience = 'public'")
    op.execute(f"GRANT SELECT ON tally_published TO {STAFF}")
    policy(
        op,
        "tally_published",
        "read",
        "SELECT",
        STAFF,
        "audience = 'public' OR campaign_id = ANY ((SELECT app.campaigns())::uuid[])",
    )


def _keys() -> None:
    """A drive's key leaves the vault only as it lies there: wrapped by the installation's key, which no SQL holds."""
    define(
        op,
        "app.keep_drive_key(d uuid, k bytea)",
        "void",
        "INSERT INTO vault.drive_key (drive_id, wrapped) SELECT id, k FROM pledge_drive "
        "WHERE id = d AND organisation_id = app.org() AND status <> 'archived' ON CONFLICT DO NOTHING",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.wrapped_drive_key(d uuid)",
        "bytea",
        "SELECT wrapped FROM vault.drive_key WHERE drive_id = d",
        grant=f"{STAFF}, {PUBLIC}",
    )
    define(
        op,
        "app.forget_drive(d uuid)",
        "void",
        f"""
        BEGIN
          IF NOT EXISTS (SELECT FROM pledge_drive WHERE id = d AND organisation_id = app.org()
                            AND status = 'archived') THEN
            RAISE EXCEPTION 'only an archived drive of one''s own is forgotten';
          END IF;
          {LOCK}
          DELETE FROM vault.drive_key WHERE drive_id = d;
          DELETE FROM counting.ballot WHERE drive_id = d;
          DELETE FROM counting.counted WHERE drive_id = d;
          DELETE FROM counting.known WHERE drive_id = d;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


def _ballots() -> None:
    define(
        op,
        "app.write_ballot(r pledge, delta int)",
        "void",
        """
        INSERT INTO counting.ballot (tx, drive_id, pledge_id, organisation_id, delta, counts, person_key, name_key,
                                     postcode_key, sector, day)
        SELECT pg_current_xact_id()::text::bigint, r.drive_id, r.id, r.organisation_id, delta, r.part = 'collected',
               r.person_key, r.name_key, r.postcode_key, coalesce(r.sector, 'unallocated'),
               (r.confirmed_at AT TIME ZONE 'Europe/London')::date
         WHERE EXISTS (SELECT FROM vault.drive_key k WHERE k.drive_id = r.drive_id)""",
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.cast_ballot()",
        "trigger",
        """
        DECLARE
          was bool := TG_OP <> 'INSERT' AND OLD.state = 'confirmed';
          stands bool := TG_OP <> 'DELETE' AND NEW.state = 'confirmed';
        BEGIN
          IF was AND stands AND OLD.sector IS NOT DISTINCT FROM NEW.sector THEN RETURN NULL; END IF;
          IF was THEN PERFORM app.write_ballot(OLD, -1); END IF;
          IF stands THEN PERFORM app.write_ballot(NEW, 1); END IF;
          RETURN NULL;
        END""",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER ballot AFTER INSERT OR DELETE OR UPDATE OF state, sector ON pledge "
        "FOR EACH ROW EXECUTE FUNCTION app.cast_ballot()"
    )


LATERAL = "CROSS JOIN LATERAL (VALUES ('all', 'all'), ('sector', r.sector), ('day', r.day::text)"
OWN_CELLS = f"{LATERAL}) v (dimension, cell)"
CELLS = f"{LATERAL}, ('organisation', r.organisation_id::text)) v (dimension, cell)"
ADD = "ON CONFLICT (drive_id, dimension, cell) DO UPDATE SET n = t.n + excluded.n"


def _counting() -> None:
    define(
        op,
        "app.standing(d uuid, keys bytea[], before bigint)",
        "TABLE (person_key bytea, slot smallint, pledge_id uuid, organisation_id uuid, sector text, day date)",
        """
        WITH live AS (
          SELECT b.pledge_id, b.organisation_id, b.person_key, (array_agg(b.name_key))[1] AS nk,
                 (array_agg(b.postcode_key))[1] AS pk,
                 (array_agg(b.sector ORDER BY b.seq DESC) FILTER (WHERE b.delta > 0))[1] AS sector,
                 (array_agg(b.day ORDER BY b.seq DESC) FILTER (WHERE b.delta > 0))[1] AS day, min(b.seq) AS seq
            FROM counting.ballot b
           WHERE b.drive_id = d AND b.counts AND b.tx < before AND (keys IS NULL OR b.person_key = ANY (keys))
           GROUP BY 1, 2, 3 HAVING sum(b.delta) > 0),
        earliest AS (SELECT DISTINCT ON (person_key) * FROM live ORDER BY person_key, seq),
        household AS (SELECT DISTINCT ON (l.person_key) l.* FROM live l JOIN earliest e USING (person_key)
                       WHERE l.nk <> e.nk AND l.pk = e.pk ORDER BY l.person_key, l.seq)
        SELECT person_key, 1::smallint, pledge_id, organisation_id, sector, day FROM earliest
        UNION ALL SELECT person_key, 2::smallint, pledge_id, organisation_id, sector, day FROM household""",
        grant="",
    )
    define(
        op,
        "app.roll_up(d uuid)",
        "bigint",
        f"""
        DECLARE lo bigint; hi bigint; seen bigint; keys bytea[];
        BEGIN
          {LOCK}
          lo := coalesce((SELECT upto FROM counting.cursor WHERE drive_id = d), 0);
          hi := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
          SELECT count(*), coalesce(array_agg(DISTINCT b.person_key) FILTER (WHERE b.counts), '{{}}') INTO seen, keys
            FROM counting.ballot b WHERE b.drive_id = d AND b.tx >= lo AND b.tx < hi;
          IF seen = 0 THEN RETURN 0; END IF;
          WITH r AS (DELETE FROM counting.counted c WHERE c.drive_id = d AND c.person_key = ANY (keys) RETURNING c.*)
          INSERT INTO counting.tally AS t SELECT d, v.dimension, v.cell, -count(*) FROM r {CELLS} GROUP BY 2, 3
            {ADD};
          WITH r AS (INSERT INTO counting.counted SELECT d, s.* FROM app.standing(d, keys, hi) s RETURNING *)
          INSERT INTO counting.tally AS t SELECT d, v.dimension, v.cell, count(*) FROM r {CELLS} GROUP BY 2, 3
            {ADD};
          INSERT INTO counting.known AS k SELECT d, r.organisation_id, v.dimension, v.cell, sum(r.delta)
            FROM counting.ballot r {OWN_CELLS} WHERE r.drive_id = d AND r.tx >= lo AND r.tx < hi GROUP BY 2, 3, 4
            ON CONFLICT (drive_id, organisation_id, dimension, cell) DO UPDATE SET n = k.n + excluded.n;
          INSERT INTO counting.cursor VALUES (d, hi) ON CONFLICT (drive_id) DO UPDATE SET upto = excluded.upto;
          RETURN seen;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.drives_to_count()",
        "SETOF uuid",
        "SELECT d.id FROM pledge_drive d LEFT JOIN counting.cursor c ON c.drive_id = d.id "
        "WHERE d.status <> 'archived' AND EXISTS (SELECT FROM counting.ballot b WHERE b.drive_id = d.id "
        "AND b.tx >= coalesce(c.upto, 0))",
        grant=STAFF,
    )
    define(
        op,
        "app.drives_counted()",
        "SETOF uuid",
        "SELECT d.id FROM pledge_drive d JOIN counting.cursor c ON c.drive_id = d.id WHERE d.status <> 'archived'",
        grant=STAFF,
    )


def _verifying() -> None:
    define(
        op,
        "app.recounted(d uuid)",
        "TABLE (organisation_id uuid, dimension text, cell text, n bigint)",
        f"""
        SELECT NULL::uuid, v.dimension, v.cell, count(*)
          FROM app.standing(d, NULL, (SELECT upto FROM counting.cursor WHERE drive_id = d)) r {CELLS} GROUP BY 2, 3
        UNION ALL
        SELECT r.organisation_id, v.dimension, v.cell, sum(r.delta) FROM counting.ballot r {OWN_CELLS}
         WHERE r.drive_id = d AND r.tx < (SELECT upto FROM counting.cursor WHERE drive_id = d)
         GROUP BY 1, 2, 3 HAVING sum(r.delta) <> 0""",
        grant="",
    )
    define(
        op,
        "app.verify_tally(d uuid)",
        "boolean",
        f"""
        DECLARE agrees bool;
        BEGIN
          {LOCK}
          IF NOT EXISTS (SELECT FROM counting.cursor WHERE drive_id = d)
             OR EXISTS (SELECT FROM pledge_drive WHERE id = d AND status = 'archived') THEN RETURN true; END IF;
          WITH kept AS (
            SELECT NULL::uuid AS organisation_id, dimension, cell, n FROM counting.tally WHERE drive_id = d AND n <> 0
            UNION ALL SELECT organisation_id, dimension, cell, n FROM counting.known WHERE drive_id = d AND n <> 0),
          fresh AS (SELECT * FROM app.recounted(d))
          SELECT NOT EXISTS (SELECT * FROM kept EXCEPT SELECT * FROM fresh)
             AND NOT EXISTS (SELECT * FROM fresh EXCEPT SELECT * FROM kept) INTO agrees;
          IF NOT agrees THEN
            DELETE FROM counting.tally WHERE drive_id = d;
            DELETE FROM counting.known WHERE drive_id = d;
            DELETE FROM counting.counted WHERE drive_id = d;
            INSERT INTO counting.counted
              SELECT d, s.* FROM app.standing(d, NULL, (SELECT upto FROM counting.cursor WHERE drive_id = d)) s;
            INSERT INTO counting.tally SELECT d, dimension, cell, n FROM app.recounted(d) WHERE organisation_id IS NULL;
            INSERT INTO counting.known SELECT d, organisation_id, dimension, cell, n FROM app.recounted(d)
             WHERE organisation_id IS NOT NULL;
          END IF;
          RETURN agrees;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


def _publishing() -> None:
    """Two audiences, one way: the public's cells rounded; the coalition's exact where no subtraction tells."""
    define(
        op,
        "app.rounded(n bigint)",
        "bigint",
        "SELECT CASE WHEN n >= 10 THEN (round(n / 5.0) * 5)::bigint END",
        grant="",
        options="IMMUTABLE",
    )
    define(
        op,
        "app.publish_public(d uuid, c uuid)",
        "void",
        """
        BEGIN
          DELETE FROM tally_published WHERE drive_id = d AND audience = 'public';
          INSERT INTO tally_published SELECT c, d, 'public', f.dimension, f.cell, app.rounded(f.n), now() FROM (
            SELECT t.dimension, sum(t.n)::bigint AS n, CASE WHEN t.dimension <> 'organisation' OR EXISTS (
                     SELECT FROM campaign_member m WHERE m.campaign_id = c AND m.organisation_id::text = t.cell
                        AND m.coalition_status IN ('member', 'lead')) THEN t.cell ELSE 'other' END AS cell
              FROM counting.tally t WHERE t.drive_id = d AND t.n > 0 GROUP BY t.dimension, 3) f;
          INSERT INTO tally_published SELECT c, d, 'public', 'running', t.cell,
                 app.rounded((sum(t.n) OVER (ORDER BY t.cell))::bigint), now()
            FROM counting.tally t WHERE t.drive_id = d AND t.dimension = 'day' AND t.n > 0;
        END""",
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.hidden_cells(d uuid, c uuid)",
        "TABLE (dimension text, cell text, n bigint, hidden boolean)",
        f"""
        WITH apart AS (
          SELECT t.dimension, t.cell, t.n, m.organisation_id, t.n - coalesce(k.n, 0) AS others
            FROM counting.tally t JOIN campaign_member m ON {COALITION}
            LEFT JOIN counting.known k ON k.drive_id = d AND k.organisation_id = m.organisation_id
                  AND k.dimension = t.dimension AND k.cell = t.cell
           WHERE t.drive_id = d AND t.dimension IN ('sector', 'day') AND t.n > 0),
        ranked AS (
          SELECT a.dimension, a.cell, a.n, min(a.others) < 10 AS small,
                 row_number() OVER (PARTITION BY a.dimension ORDER BY min(a.others) >= 10, a.n, a.cell) AS place
            FROM apart a GROUP BY 1, 2, 3),
        rest AS (
          SELECT r.dimension, r.place, a.organisation_id,
                 sum(a.others) OVER (PARTITION BY r.dimension, a.organisation_id ORDER BY r.place) AS others
            FROM ranked r JOIN apart a USING (dimension, cell)),
        safe AS (SELECT dimension, place FROM rest GROUP BY 1, 2 HAVING min(others) >= 10),
        cut AS (SELECT dimension, max(place) FILTER (WHERE small) AS least, max(place) AS last FROM ranked GROUP BY 1)
        SELECT r.dimension, r.cell, r.n, c.least IS NOT NULL AND r.place <= coalesce(
                 (SELECT min(f.place) FROM safe f WHERE f.dimension = r.dimension AND f.place >= c.least), c.last)
          FROM ranked r JOIN cut c USING (dimension)""",
        grant="",
    )
    define(
        op,
        "app.publish_coalition(d uuid, c uuid)",
        "void",
        f"""
        DECLARE whole bigint; shown_before bigint;
        BEGIN
          whole := coalesce((SELECT n FROM counting.tally WHERE drive_id = d AND dimension = 'all'), 0);
          shown_before := coalesce((SELECT max(s.total) FROM counting.shown s WHERE s.drive_id = d), 0);
          IF EXISTS (
            SELECT FROM campaign_member m
              LEFT JOIN counting.known k
              ON k.drive_id = d AND k.organisation_id = m.organisation_id AND k.dimension = 'all'
              LEFT JOIN counting.shown s ON s.drive_id = d AND s.organisation_id = m.organisation_id
             WHERE {COALITION} AND (whole - coalesce(k.n, 0) < 10
               OR abs((whole - shown_before) - (coalesce(k.n, 0) - coalesce(s.own, 0))) < 10)) THEN RETURN; END IF;
          DELETE FROM counting.shown WHERE drive_id = d;
          INSERT INTO counting.shown SELECT d, m.organisation_id, whole, coalesce(k.n, 0) FROM campaign_member m
            LEFT JOIN counting.known k
              ON k.drive_id = d AND k.organisation_id = m.organisation_id AND k.dimension = 'all'
           WHERE {COALITION};
          DELETE FROM tally_published WHERE drive_id = d AND audience = 'coalition';
          INSERT INTO tally_published VALUES (c, d, 'coalition', 'all', 'all', whole, now());
          INSERT INTO tally_published SELECT c, d, 'coalition', dimension, cell, app.rounded(n), now()
            FROM counting.tally WHERE drive_id = d AND dimension = 'organisation' AND n > 0;
          INSERT INTO tally_published SELECT c, d, 'coalition', h.dimension, h.cell,
              CASE WHEN NOT h.hidden THEN h.n END, now()
            FROM app.hidden_cells(d, c) h;
        END""",
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.publish(d uuid)",
        "void",
        f"""
        DECLARE c uuid := (SELECT campaign_id FROM pledge_drive WHERE id = d AND status <> 'archived');
        BEGIN
          IF c IS NULL THEN RETURN; END IF;
          {LOCK}
          PERFORM app.publish_public(d, c);
          PERFORM app.publish_coalition(d, c);
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


FUNCTIONS = (
    "publish",
    "publish_coalition",
    "hidden_cells",
    "publish_public",
    "rounded",
    "verify_tally",
    "recounted",
    "drives_counted",
    "drives_to_count",
    "roll_up",
    "standing",
    "cast_ballot",
    "write_ballot",
    "forget_drive",
    "wrapped_drive_key",
    "keep_drive_key",
)


def downgrade() -> None:
    op.execute("DROP TRIGGER ballot ON pledge")
    for table in ("tally_published", *(f"counting.{name}" for name in AGGREGATES), "vault.drive_key"):
        op.execute(f"DROP TABLE {table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION app.{function}")
