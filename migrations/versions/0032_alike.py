"""Whether partners wrote much the same to the same people: how many, never who or what. And what was answered stays mail."""

from alembic import op

from organising.platform.schema import define

revision = "0032_alike"
down_revision = "0031_letter_relays"

STAFF = "organising_runtime"
PRESSURE = "app.mail_pressure(person_ids uuid[], since timestamptz)"
COUNTED = "'queued', 'leased', 'committed', 'accepted', 'deferred', 'uncertain'"
SINCE = "'held', 'replied', 'bounced'"
# Whoever asks has to say half of a letter themselves before they learn that there is one like it.
ALIKE = """
WITH theirs AS (
    SELECT m.organisation_id, m.id,
           array_remove(regexp_split_to_array(lower(regexp_replace(left(m.body, 8000), '[{][{][^{}]*[}][}]', ' field ', 'g')),
                                              '[^a-z0-9_]+'), '') AS words
      FROM mailing m
     WHERE m.campaign_id = ANY (app.campaigns()) AND m.organisation_id <> app.org() AND m.started_at >= since
       AND cardinality(runs) BETWEEN 20 AND 2000
       AND EXISTS (SELECT FROM mailing_choice c WHERE c.organisation_id = m.organisation_id AND c.mailing_id = m.id
                   AND c.left_out IS NULL AND c.person_id = ANY (person_ids))
     ORDER BY m.started_at DESC LIMIT 30),
alike AS (
    SELECT t.organisation_id, t.id FROM theirs t
     WHERE (SELECT count(DISTINCT r.run) FROM generate_series(1, cardinality(t.words) - 3) AS i
              JOIN unnest(runs) AS r (run) ON r.run = array_to_string(t.words[i:i + 3], ' ')) * 2 >= cardinality(runs))
SELECT count(DISTINCT c.person_id) FROM alike a
  JOIN delivery d ON d.organisation_id = a.organisation_id AND d.mailing_id = a.id AND d.state IN ('accepted', 'replied')
  JOIN mailing_choice c ON c.organisation_id = d.organisation_id AND c.mailing_id = d.mailing_id
       AND c.holding_id = d.holding_id
 WHERE c.person_id = ANY (person_ids)
"""


def upgrade() -> None:
    define(
        op, "app.count_alike(runs text[], person_ids uuid[], since timestamptz)", "bigint", ALIKE, grant=STAFF
    )
    _mail_pressure(f"{COUNTED}, {SINCE}")


def _mail_pressure(states: str) -> None:
    """The same as in 0012, over these states."""
    op.execute("DROP FUNCTION app.mail_pressure(uuid[], timestamptz)")
    define(
        op,
        PRESSURE,
        "TABLE (person_id uuid, mails bigint, last_at timestamptz)",
        f"""
        SELECT c.person_id, count(*), max(d.changed_at) FILTER (WHERE d.state IN ('accepted', 'replied'))
          FROM mailing_choice c
          JOIN mailing m ON m.organisation_id = c.organisation_id AND m.id = c.mailing_id
          JOIN delivery d ON d.organisation_id = c.organisation_id AND d.mailing_id = c.mailing_id
               AND d.holding_id = c.holding_id
         WHERE c.person_id = ANY (person_ids) AND m.campaign_id = ANY (app.campaigns())
           AND d.changed_at >= since
           AND d.state IN ({states})
         GROUP BY c.person_id
        """,
        grant=STAFF,
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.count_alike(text[], uuid[], timestamptz)")
    _mail_pressure(COUNTED)
