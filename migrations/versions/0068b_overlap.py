"""How far partners' circles overlap: who takes part, the tokens of one count, and what is published with noise."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created, instant, shared, words
from organising.platform.schema import define, policy, secure

revision = "0068b_overlap"
down_revision = "0055c_presences"

STAFF, COUNTER = "organising_runtime", "organising_counter"
GATE = "app.purpose() = 'overlap'"


def upgrade() -> None:
    op.create_table(
        "overlap_part",
        *shared(),
        instant("ended_at"),
        words("ended_label", nullable=True),
    )
    op.create_index(
        "uq_overlap_part_open",
        "overlap_part",
        ["campaign_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    secure(op, "overlap_part", "shared")
    op.execute(f"REVOKE UPDATE, DELETE ON overlap_part FROM {STAFF}")
    op.execute(f"GRANT UPDATE (ended_at, ended_label) ON overlap_part TO {STAFF}")
    op.execute(f"GRANT SELECT ON overlap_part TO {COUNTER}")
    policy(op, "overlap_part", "definer", "SELECT", COUNTER, "true")
    # Keyed with a key that is in the counting process's memory alone, and gone when the count is published.
    op.create_table(
        "overlap_token",
        sa.Column("run_id", sa.Uuid, primary_key=True),
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("person_key", sa.LargeBinary, primary_key=True),
        created(),
    )
    op.create_table(
        "overlap_total",
        sa.Column("campaign_id", sa.Uuid, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("quarter", sa.Date, primary_key=True),
        sa.Column("partners", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer),
        created(),
        sa.CheckConstraint("people % 10 = 0", name="tens"),
    )
    for table in ("overlap_token", "overlap_total"):
        secure(op, table, "aggregate")
    _functions()


def _functions() -> None:
    # Laplace noise of scale 20 from the server's strong random numbers: one person more or less changes the odds of any
    # answer by a factor of e^(1/20) at most, and by e^(1/20) again for whether there is one.
    define(
        op,
        "app.overlap_noise()",
        "float8",
        """
        DECLARE u float8 := (('x' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(48)::bigint + 0.5) / 281474976710656.0 - 0.5;
        BEGIN RETURN -20 * sign(u) * ln(1 - 2 * abs(u)); END
        """,
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.overlap_release(people bigint, fewest bigint)",
        "int",
        """
        BEGIN
          IF fewest + app.overlap_noise() < 100 THEN RETURN NULL; END IF;
          RETURN greatest(0, round((people + app.overlap_noise()) / 10) * 10)::int;
        END
        """,
        grant="",
        options="VOLATILE",
    )
    define(
        op,
        "app.add_overlap_tokens(run uuid, tokens bytea[])",
        "void",
        "INSERT INTO overlap_token (run_id, organisation_id, person_key) SELECT run, app.org(), unnest(tokens) "
        "WHERE EXISTS (SELECT FROM overlap_part p WHERE p.organisation_id = app.org() AND p.ended_at IS NULL) "
        "ON CONFLICT DO NOTHING",
        grant=STAFF,
        options="VOLATILE",
    )
    # fewest: of the people known to two or more, those whom one partner does not know itself, for the partner with the fewest.
    define(
        op,
        "app.publish_overlap(campaign uuid, day date, run uuid)",
        "bool",
        f"""
        DECLARE involved uuid[]; total bigint; fewest bigint;
        BEGIN
          IF {GATE} IS NOT TRUE THEN RETURN false; END IF;
          SELECT array_agg(p.organisation_id) INTO involved FROM overlap_part p
            JOIN campaign_member m ON m.campaign_id = p.campaign_id AND m.organisation_id = p.organisation_id
            WHERE p.campaign_id = campaign AND p.ended_at IS NULL AND m.coalition_status <> 'left';
          IF coalesce(cardinality(involved), 0) < 3 THEN
            DELETE FROM overlap_token t WHERE t.run_id = run;
            RETURN false;
          END IF;
          WITH known AS (
            SELECT t.person_key, array_agg(t.organisation_id) AS by FROM overlap_token t
             WHERE t.run_id = run AND t.organisation_id = ANY (involved) GROUP BY 1 HAVING count(*) > 1)
          SELECT (SELECT count(*) FROM known),
                 (SELECT min(n) FROM (SELECT (SELECT count(*) FROM known k WHERE o <> ALL (k.by)) AS n FROM unnest(involved) o) c)
            INTO total, fewest;
          DELETE FROM overlap_token t WHERE t.run_id = run OR t.created_at < now() - interval '1 hour';
          INSERT INTO overlap_total (campaign_id, quarter, partners, people)
            VALUES (campaign, date_trunc('quarter', day)::date, cardinality(involved), app.overlap_release(total, fewest))
            ON CONFLICT DO NOTHING;
          RETURN FOUND;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.overlap_totals()",
        "TABLE (quarter date, partners int, people int)",
        "SELECT t.quarter, t.partners, t.people FROM overlap_total t WHERE t.campaign_id = ANY (app.campaigns()) "
        "ORDER BY t.quarter DESC LIMIT 12",
        grant=STAFF,
    )
    define(
        op,
        "app.overlap_due(day date)",
        "TABLE (campaign_id uuid, organisation_id uuid)",
        "SELECT p.campaign_id, p.organisation_id FROM overlap_part p "
        "JOIN campaign_member m ON m.campaign_id = p.campaign_id AND m.organisation_id = p.organisation_id "
        f"WHERE p.ended_at IS NULL AND m.coalition_status <> 'left' AND {GATE} "
        "AND (SELECT count(*) FROM overlap_part q JOIN campaign_member n ON n.campaign_id = q.campaign_id "
        "AND n.organisation_id = q.organisation_id WHERE q.campaign_id = p.campaign_id AND q.ended_at IS NULL "
        "AND n.coalition_status <> 'left') > 2 "
        "AND NOT EXISTS (SELECT FROM overlap_total t WHERE t.campaign_id = p.campaign_id "
        "AND t.quarter = date_trunc('quarter', day)::date)",
        grant=STAFF,
    )


def downgrade() -> None:
    for function in (
        "overlap_due(date)",
        "overlap_totals()",
        "publish_overlap(uuid, date, uuid)",
        "add_overlap_tokens(uuid, bytea[])",
        "overlap_release(bigint, bigint)",
        "overlap_noise()",
    ):
        op.execute(f"DROP FUNCTION app.{function}")
    for table in ("overlap_total", "overlap_token", "overlap_part"):
        op.drop_table(table)
