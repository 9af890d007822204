"""Signatures on paper are counted as witnessed, apart, and once; a tally for each organisation, place and channel."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import define, policy, secure

revision = "0038_tallies"
down_revision = "0037_paper"

STAFF = "organising_runtime"
INSTANT = sa.DateTime(timezone=True)
MEMBERS = "campaign_id = ANY ((SELECT app.campaigns())::uuid[])"
LOCK = "PERFORM pg_advisory_xact_lock(hashtextextended(d::text, 7));"
STANDS = "state IN ('confirmed', 'witnessed')"
# What a later migration counts by as well, it adds to these and calls the functions below again.
FACTS = ("sector", "day", "constituency", "channel")
LISTED = ", ".join(FACTS)
CHANGED = ("state", "sector", "constituency_code", "name_key", "postcode_key", "witness_key")
SAID = (
    "coalesce({r}.sector, 'unallocated'), (CASE {r}.state WHEN 'witnessed' THEN {r}.witnessed_at "
    "ELSE {r}.confirmed_at END AT TIME ZONE 'Europe/London')::date, "
    "coalesce({r}.constituency_code, 'unallocated'), {r}.channel"
)
DERIVED = ("counted", "tally", "shown", "known", "cursor")


def required(name: str, kind: Any = sa.Uuid, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **options)


def key(name: str, kind: Any = sa.Uuid) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def facts() -> list[sa.Column[Any]]:
    return [required(name, sa.Date if name == "day" else sa.Text) for name in FACTS]


def upgrade() -> None:
    _forget_derived()
    _ballot_columns()
    for table in DERIVED[:4]:
        op.execute(f"DROP TABLE counting.{table}")
    op.create_table(
        "counted", key("drive_id"), key("kind", sa.Text), key("person", sa.LargeBinary), key("slot", sa.SmallInteger),
        required("pledge_id"), required("organisation_id"), sa.Column("witness_key", sa.LargeBinary), *facts(),
        schema="counting",
    )  # fmt: skip
    op.create_index(
        "ix_counted_drive_id_witness_key", "counted", ["drive_id", "witness_key"], schema="counting"
    )
    op.create_table(
        "tally", key("drive_id"), key("kind", sa.Text), key("organisation_id"), key("dimension", sa.Text),
        key("cell", sa.Text), required("n", sa.BigInteger), schema="counting",
    )  # fmt: skip
    op.create_table(
        "tally_check", key("drive_id"), required("campaign_id"), required("checked_at", INSTANT),
        sa.Column("repaired_at", INSTANT),
    )  # fmt: skip
    for table in ("counting.counted", "counting.tally", "tally_check"):
        secure(op, table, "aggregate")
    op.execute(f"GRANT SELECT ON tally_check TO {STAFF}")
    policy(op, "tally_check", "read", "SELECT", STAFF, MEMBERS)
    for name in OLD_FUNCTIONS:
        op.execute(f"DROP FUNCTION app.{name}")
    _ballots()
    _counting()
    _verifying()


def _forget_derived() -> None:
    """Whatever is derived from ballots is derived again by the next sweep."""
    op.execute("DROP TRIGGER ballot ON pledge")
    for table in (*(f"counting.{name}" for name in DERIVED), "tally_published"):
        op.execute(f"DELETE FROM {table}")


def _ballot_columns() -> None:
    op.execute("DELETE FROM counting.ballot WHERE NOT counts")
    op.drop_column("ballot", "counts", schema="counting")
    for name in ("person_key", "name_key", "postcode_key"):
        op.alter_column("ballot", name, nullable=True, schema="counting")
    op.add_column("ballot", required("kind", sa.Text, server_default="confirmed"), schema="counting")
    op.add_column("ballot", sa.Column("witness_key", sa.LargeBinary), schema="counting")
    op.add_column(
        "ballot", required("constituency", sa.Text, server_default="unallocated"), schema="counting"
    )
    op.add_column("ballot", required("channel", sa.Text, server_default="web"), schema="counting")
    op.execute(
        "UPDATE counting.ballot b SET channel = p.channel, witness_key = p.witness_key, "
        "constituency = coalesce(p.constituency_code, 'unallocated') "
        "FROM pledge p WHERE p.organisation_id = b.organisation_id AND p.id = b.pledge_id"
    )
    for name in ("kind", "constituency", "channel"):
        op.alter_column("ballot", name, server_default=None, schema="counting")
    op.create_index(
        "ix_ballot_witnessed", "ballot", ["drive_id", "witness_key"], schema="counting",
        postgresql_where=sa.text("kind = 'witnessed'"),
    )  # fmt: skip


OLD_FUNCTIONS = (
    "publish", "publish_coalition", "hidden_cells", "publish_public", "rounded", "verify_tally", "recounted", "roll_up",
    "standing", "cast_ballot", "write_ballot", "forget_drive", "drives_counted", "drives_to_count",
)  # fmt: skip


def _ballots() -> None:
    """One trigger per verb, so that a signature that waits for its confirmation costs the counter nothing."""
    row = (
        "(tx, drive_id, pledge_id, organisation_id, delta, kind, person_key, name_key, postcode_key, witness_key, "
        f"{LISTED}) VALUES (pg_current_xact_id()::text::bigint, {{r}}.drive_id, {{r}}.id, {{r}}.organisation_id, "
        f"{{delta}}, {{r}}.state, {{r}}.person_key, {{r}}.name_key, {{r}}.postcode_key, {{r}}.witness_key, {SAID})"
    )
    same = " AND ".join(f"OLD.{name} IS NOT DISTINCT FROM NEW.{name}" for name in CHANGED)
    define(
        op,
        "app.cast_ballot()",
        "trigger",
        f"""
        BEGIN
          IF TG_OP = 'UPDATE' AND {same} THEN RETURN NULL; END IF;
          -- An archived drive has no key, and counts nobody any more.
          IF NOT EXISTS (SELECT FROM vault.drive_key k WHERE k.drive_id = coalesce(NEW.drive_id, OLD.drive_id)) THEN
            RETURN NULL;
          END IF;
          IF TG_OP <> 'INSERT' AND OLD.{STANDS} THEN
            INSERT INTO counting.ballot {row.format(r="OLD", delta=-1)};
          END IF;
          IF TG_OP <> 'DELETE' AND NEW.{STANDS} THEN
            INSERT INTO counting.ballot {row.format(r="NEW", delta=1)};
          END IF;
          RETURN NULL;
        END""",
        grant="",
        options="VOLATILE",
    )
    for verb, rows in (
        ("INSERT", ("NEW",)),
        ("DELETE", ("OLD",)),
        (f"UPDATE OF {', '.join(CHANGED)}", ("OLD", "NEW")),
    ):
        stands = " OR ".join(f"{name}.{STANDS}" for name in rows)
        op.execute(
            f"CREATE TRIGGER ballot_{verb.split()[0].lower()} AFTER {verb} ON pledge FOR EACH ROW "
            f"WHEN ({rows[0]}.part = 'collected' AND ({stands})) EXECUTE FUNCTION app.cast_ballot()"
        )


CELLS = (
    "CROSS JOIN LATERAL (VALUES ('all', 'all'), ('sector', r.sector), ('day', r.day::text), "
    "('constituency', r.constituency), ('channel', r.channel)) v (dimension, cell)"
)
TO_TALLY = (
    f"INSERT INTO counting.tally AS t SELECT d, r.kind, r.organisation_id, v.dimension, v.cell, {{sign}}count(*) "
    f"FROM {{rows}} r {CELLS} GROUP BY 2, 3, 4, 5 "
    "ON CONFLICT (drive_id, kind, organisation_id, dimension, cell) DO UPDATE SET n = t.n + excluded.n"
)
ROW = (
    "TABLE (kind text, person bytea, slot smallint, pledge_id uuid, organisation_id uuid, witness_key bytea, "
    "sector text, day date, constituency text, channel text)"
)


def _live(kind: str, chosen: str) -> str:
    """The signatures of one kind that stand, each with its place in the order and what was last said of it."""
    last = ", ".join(
        f"(array_agg(b.{name} ORDER BY b.seq DESC) FILTER (WHERE b.delta > 0))[1] AS {name}"
        for name in ("name_key", "postcode_key", "witness_key", *FACTS)
    )
    return (
        f"SELECT b.pledge_id, b.organisation_id, b.person_key, min(b.seq) AS seq, {last} FROM counting.ballot b "
        f"WHERE b.drive_id = d AND b.kind = '{kind}' AND b.tx < before AND {chosen} "
        "GROUP BY b.pledge_id, b.organisation_id, b.person_key HAVING sum(b.delta) > 0"
    )


def _counting() -> None:
    counted = "pledge_id, organisation_id, witness_key, " + LISTED
    define(
        op,
        "app.standing(d uuid, keys bytea[], before bigint)",
        ROW,
        f"""
        WITH live AS ({_live("confirmed", "(keys IS NULL OR b.person_key = ANY (keys))")}),
        earliest AS (SELECT DISTINCT ON (person_key) * FROM live ORDER BY person_key, seq),
        household AS (SELECT DISTINCT ON (l.person_key) l.* FROM live l JOIN earliest e USING (person_key)
                       WHERE l.name_key <> e.name_key AND l.postcode_key = e.postcode_key ORDER BY l.person_key, l.seq)
        SELECT 'confirmed', person_key, 1::smallint, {counted} FROM earliest
        UNION ALL SELECT 'confirmed', person_key, 2::smallint, {counted} FROM household""",
        grant="",
    )
    define(
        op,
        "app.witnessed(d uuid, keys bytea[], before bigint)",
        ROW,
        f"""
        SELECT DISTINCT ON (witness_key) 'witnessed', witness_key, 1::smallint, {counted}
          FROM ({_live("witnessed", "(keys IS NULL OR b.witness_key = ANY (keys))")}) live
         ORDER BY witness_key, seq""",
        grant="",
    )
    _roll_up()
    for name, condition in (
        ("drives_to_count", "EXISTS (SELECT FROM counting.ballot b WHERE b.drive_id = d.id AND b.tx >= coalesce(c.upto, 0))"),
        ("drives_counted", "c.upto IS NOT NULL"),
    ):  # fmt: skip
        define(
            op,
            f"app.{name}()",
            "SETOF uuid",
            "SELECT d.id FROM pledge_drive d LEFT JOIN counting.cursor c ON c.drive_id = d.id "
            f"WHERE d.status <> 'archived' AND {condition}",
            grant=STAFF,
        )


def _roll_up() -> None:
    gone = (
        "WITH r AS (DELETE FROM counting.counted c WHERE c.drive_id = d AND c.kind = '{kind}' AND c.person = ANY ({keys}) "
        f"RETURNING c.*), lost AS ({TO_TALLY.format(sign='-', rows='r')}) "
    )
    fresh = (
        "WITH r AS (INSERT INTO counting.counted SELECT d, s.* FROM {standing} RETURNING *), "
        f"won AS ({TO_TALLY.format(sign='', rows='r')}) "
    )
    known = "SELECT coalesce(array_agg(DISTINCT r.witness_key) FILTER (WHERE r.witness_key IS NOT NULL), '{}') FROM r"
    alone = (
        "app.witnessed(d, met, hi) s WHERE NOT EXISTS (SELECT FROM counting.counted c WHERE c.drive_id = d "
        "AND c.kind = 'confirmed' AND c.witness_key = s.person)"
    )
    define(
        op,
        "app.roll_up(d uuid)",
        "bigint",
        f"""
        DECLARE lo bigint; hi bigint; seen bigint; keys bytea[]; met bytea[]; more bytea[];
        BEGIN
          {LOCK}
          lo := coalesce((SELECT upto FROM counting.cursor WHERE drive_id = d), 0);
          hi := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
          SELECT count(*), coalesce(array_agg(DISTINCT b.person_key) FILTER (WHERE b.kind = 'confirmed'), '{{}}'),
                 coalesce(array_agg(DISTINCT b.witness_key) FILTER (WHERE b.kind = 'witnessed'), '{{}}')
            INTO seen, keys, met FROM counting.ballot b WHERE b.drive_id = d AND b.tx >= lo AND b.tx < hi;
          IF seen = 0 THEN RETURN 0; END IF;
          {gone.format(kind="confirmed", keys="keys")} {known} INTO more;
          met := met || more;
          {fresh.format(standing="app.standing(d, keys, hi) s")} {known} INTO more;
          met := met || more;
          -- Who is confirmed takes the place of who was seen to sign, and gives it back when that ends.
          IF EXISTS (SELECT FROM counting.ballot b WHERE b.drive_id = d AND b.kind = 'witnessed') THEN
            {gone.format(kind="witnessed", keys="met")} {known} INTO more;
            {fresh.format(standing=alone)} {known} INTO more;
          END IF;
          INSERT INTO counting.cursor VALUES (d, hi) ON CONFLICT (drive_id) DO UPDATE SET upto = excluded.upto;
          RETURN seen;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


def _verifying() -> None:
    define(
        op,
        "app.recounted(d uuid)",
        ROW,
        """
        WITH upto AS (SELECT upto AS hi FROM counting.cursor WHERE drive_id = d),
        sure AS (SELECT s.* FROM upto, app.standing(d, NULL, upto.hi) s)
        SELECT * FROM sure UNION ALL
        SELECT w.* FROM upto, app.witnessed(d, NULL, upto.hi) w
         WHERE w.person NOT IN (SELECT witness_key FROM sure WHERE witness_key IS NOT NULL)""",
        grant="",
    )
    cells = f"SELECT r.kind, r.organisation_id, v.dimension, v.cell, count(*) AS n FROM {{rows}} r {CELLS} GROUP BY 1, 2, 3, 4"
    person = "kind, person, slot, pledge_id, organisation_id, witness_key, " + LISTED
    define(
        op,
        "app.check_tally(d uuid, repair boolean)",
        "bigint",
        f"""
        DECLARE differing bigint; c uuid := (SELECT campaign_id FROM pledge_drive WHERE id = d AND status <> 'archived');
        BEGIN
          {LOCK}
          IF c IS NULL OR NOT EXISTS (SELECT FROM counting.cursor WHERE drive_id = d) THEN RETURN 0; END IF;
          WITH kept AS (SELECT kind, organisation_id, dimension, cell, n FROM counting.tally WHERE drive_id = d AND n <> 0),
          people AS (SELECT {person} FROM counting.counted WHERE drive_id = d),
          again AS MATERIALIZED (SELECT * FROM app.recounted(d)), fresh AS ({cells.format(rows="again")})
          SELECT (SELECT count(*) FROM (SELECT kind, organisation_id, dimension, cell
                    FROM kept FULL JOIN fresh USING (kind, organisation_id, dimension, cell, n)
                   WHERE kept.kind IS NULL OR fresh.kind IS NULL GROUP BY 1, 2, 3, 4) x)
               + (SELECT count(*) FROM (SELECT {person} FROM people EXCEPT SELECT {person} FROM again) y)
               + (SELECT count(*) FROM (SELECT {person} FROM again EXCEPT SELECT {person} FROM people) z)
            INTO differing;
          IF NOT repair THEN RETURN differing; END IF;
          IF differing > 0 THEN
            DELETE FROM counting.tally WHERE drive_id = d;
            DELETE FROM counting.counted WHERE drive_id = d;
            INSERT INTO counting.counted SELECT d, r.* FROM app.recounted(d) r;
            {TO_TALLY.format(sign="", rows="(SELECT * FROM counting.counted x WHERE x.drive_id = d)")};
          END IF;
          INSERT INTO tally_check AS k VALUES (d, c, now(), CASE WHEN differing > 0 THEN now() END)
            ON CONFLICT (drive_id) DO UPDATE SET checked_at = now(), repaired_at = coalesce(excluded.repaired_at, k.repaired_at);
          RETURN differing;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.forget_drive(d uuid)",
        "void",
        f"""
        BEGIN
          IF NOT EXISTS (SELECT FROM pledge_drive WHERE id = d AND organisation_id = app.org() AND status = 'archived') THEN
            RAISE EXCEPTION 'only an archived drive of one''s own is forgotten';
          END IF;
          {LOCK}
          DELETE FROM vault.drive_key WHERE drive_id = d;
          DELETE FROM counting.ballot WHERE drive_id = d;
          DELETE FROM counting.counted WHERE drive_id = d;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


NEW_FUNCTIONS = (
    "drives_counted", "drives_to_count", "check_tally", "recounted", "roll_up", "witnessed", "standing", "cast_ballot",
    "forget_drive",
)  # fmt: skip


def downgrade() -> None:
    for verb in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER ballot_{verb} ON pledge")
    for table in ("counting.counted", "counting.tally", "tally_check"):
        op.execute(f"DROP TABLE {table}")
    for name in (*NEW_FUNCTIONS, "keep_drive_key", "wrapped_drive_key"):
        op.execute(f"DROP FUNCTION app.{name}")
    op.execute("DELETE FROM counting.cursor")
    op.execute("DELETE FROM counting.ballot WHERE kind = 'witnessed'")
    op.drop_index("ix_ballot_witnessed", "ballot", schema="counting")
    for name in ("kind", "witness_key", "constituency", "channel"):
        op.drop_column("ballot", name, schema="counting")
    for name in ("person_key", "name_key", "postcode_key"):
        op.alter_column("ballot", name, nullable=False, schema="counting")
    op.add_column("ballot", required("counts", sa.Boolean, server_default="true"), schema="counting")
    op.alter_column("ballot", "counts", server_default=None, schema="counting")
    _old_tables()
    first = _first_counting()
    for step in ("_keys", "_ballots", "_counting", "_verifying", "_publishing"):
        getattr(first, step)()


def _old_tables() -> None:
    cell = (("dimension", sa.Text), ("cell", sa.Text))
    for table, keys, columns in (
        ("counted", (("person_key", sa.LargeBinary), ("slot", sa.SmallInteger)),
         (required("pledge_id"), required("organisation_id"), required("sector", sa.Text), required("day", sa.Date))),
        ("tally", cell, (required("n", sa.BigInteger),)),
        ("known", (("organisation_id", sa.Uuid), *cell), (required("n", sa.BigInteger),)),
        ("shown", (("organisation_id", sa.Uuid),), (required("total", sa.BigInteger), required("own", sa.BigInteger))),
    ):  # fmt: skip
        op.create_table(table, key("drive_id"), *(key(*one) for one in keys), *columns, schema="counting")
        secure(op, f"counting.{table}", "aggregate")


def _first_counting() -> Any:
    """The migration that first counted: its functions come back as it wrote them."""
    spec = spec_from_file_location("first_counting", Path(__file__).with_name("0004_pledges.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
