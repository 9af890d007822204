"""A campaign at full size, written by the database itself: 10,000 targets, 50,000 engagements and what hangs on them."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from organising.platform.migrations import maintenance
from tests.support.world import World


@dataclass(frozen=True)
class Size:
    """How many of each. ``members`` sit in the Commons; the other people are councillors."""

    members: int = 650
    targets: int = 10_000
    engagements: int = 50_000
    claims: int = 20_000
    promises: int = 10_000
    approaches: int = 5_000


SMALL = Size(members=65, targets=100, engagements=500, claims=200, promises=100, approaches=50)

# Rows are spread over numbers by simple remainders, so that every run is the same.
PEOPLE = """
INSERT INTO party (id, key, name, colour)
  SELECT gen_random_uuid(), 'party ' || n, 'Party ' || n, '#2f7d32' FROM generate_series(0, 7) n;
INSERT INTO area (id, kind, name, sort_key, other_names, region, country, start_precision, end_precision)
  SELECT gen_random_uuid(), CASE WHEN n <= :members THEN 'westminster' ELSE 'local_authority' END, 'Seat ' || n,
         'seat ' || lpad(n::text, 6, '0'), '{}', 'Region ' || n % 12, 'Country ' || n % 4, 'day', 'day'
    FROM generate_series(1, :targets) n;
INSERT INTO person (id, name, sort_key)
  SELECT gen_random_uuid(), 'Invented Person ' || n, 'person ' || lpad(n::text, 6, '0') FROM generate_series(1, :targets) n;
CREATE TEMP TABLE n_person ON COMMIT DROP AS
  SELECT p.id, row_number() OVER (ORDER BY p.sort_key) AS n FROM person p WHERE p.name LIKE 'Invented Person %';
CREATE TEMP TABLE n_area ON COMMIT DROP AS
  SELECT a.id, row_number() OVER (ORDER BY a.sort_key) AS n FROM area a WHERE a.name LIKE 'Seat %';
CREATE TEMP TABLE n_party ON COMMIT DROP AS SELECT p.id, row_number() OVER (ORDER BY p.key) - 1 AS n FROM party p
  WHERE p.key LIKE 'party %';
CREATE TEMP TABLE n_org ON COMMIT DROP AS
  SELECT organisation_id AS id, campaign_id, row_number() OVER (ORDER BY organisation_id) - 1 AS n FROM campaign_member;
CREATE TEMP TABLE n_ask ON COMMIT DROP AS SELECT a.id, row_number() OVER (ORDER BY a.place) - 1 AS n FROM ask a;
ANALYZE n_person; ANALYZE n_area; ANALYZE n_org; ANALYZE n_ask;
INSERT INTO person_token (token, person_id) SELECT 'person', id FROM n_person;
INSERT INTO person_token (token, person_id) SELECT lpad(n::text, 6, '0'), id FROM n_person;
INSERT INTO office_holding (id, person_id, kind, area_id, party_id, source, start_on, start_precision, end_precision)
  SELECT gen_random_uuid(), p.id, CASE WHEN p.n <= :members THEN 'mp' ELSE 'councillor' END, a.id, y.id, 'test',
         '2024-07-04', 'day', 'day'
    FROM n_person p JOIN n_area a USING (n) JOIN n_party y ON y.n = p.n % 8;
INSERT INTO target (id, campaign_id, organisation_id, author_label, person_id, lead_organisation_id, priority, tactic, version,
                    updated_at)
  SELECT gen_random_uuid(), o.campaign_id, o.id, 'x', p.id, o.id, (ARRAY['A', 'B', 'C'])[1 + p.n % 3],
         (ARRAY['champion', 'persuade', 'maintain'])[1 + p.n % 3], 1, now()
    FROM n_person p JOIN n_org o ON o.n = p.n % (SELECT count(*) FROM n_org);
INSERT INTO engagement (id, campaign_id, organisation_id, author_label, person_id, happened_on, kind, attended_by, outcome,
                        headline, submission_key, version)
  SELECT gen_random_uuid(), o.campaign_id, o.id, 'x', p.id, current_date - (e.n % 900)::int,
         (ARRAY['meeting', 'call', 'email', 'surgery'])[1 + e.n % 4], 'member', 'helpful', 'Said something ' || e.n,
         gen_random_uuid(), 1
    FROM generate_series(1, :engagements) AS e (n)
    JOIN n_person p ON p.n = 1 + e.n % :targets JOIN n_org o ON o.n = e.n % (SELECT count(*) FROM n_org);
INSERT INTO engagement_note (organisation_id, id, engagement_id)
  SELECT organisation_id, gen_random_uuid(), id FROM engagement;
INSERT INTO position_claim (id, campaign_id, organisation_id, author_label, person_id, ask_id, position, confidence, basis, held_on,
                            is_suggestion)
  SELECT gen_random_uuid(), o.campaign_id, o.id, 'x', p.id, a.id,
         (ARRAY['champion', 'supporter', 'leaning_support', 'undecided', 'leaning_oppose', 'opposed'])[1 + c.n % 6],
         'medium', 'meeting', current_date - (c.n % 700)::int, false
    FROM generate_series(1, :claims) AS c (n)
    JOIN n_person p ON p.n = 1 + c.n % :members JOIN n_ask a ON a.n = (c.n / :members) % (SELECT count(*) FROM n_ask)
    JOIN n_org o ON o.n = c.n % (SELECT count(*) FROM n_org);
INSERT INTO commitment (id, campaign_id, organisation_id, author_label, person_id, ask_id, kind, words, state, asked_on,
                        promised_on, due_on, owner_label, version)
  SELECT gen_random_uuid(), o.campaign_id, o.id, 'x', p.id, a.id, 'sign_edm', 'Promise ' || c.n,
         (ARRAY['asked', 'promised', 'declined'])[1 + c.n % 3], current_date - 400,
         CASE WHEN c.n % 3 = 1 THEN current_date - 300 END, current_date - 200 + (c.n % 400)::int, 'x', 1
    FROM generate_series(1, :promises) AS c (n)
    JOIN n_person p ON p.n = 1 + c.n % :targets JOIN n_ask a ON a.n = c.n % (SELECT count(*) FROM n_ask)
    JOIN n_org o ON o.n = c.n % (SELECT count(*) FROM n_org);
INSERT INTO commitment_own (organisation_id, id, commitment_id) SELECT organisation_id, gen_random_uuid(), id FROM commitment;
INSERT INTO approach (id, campaign_id, organisation_id, author_label, person_id, channel, starts_on, ends_on, due_on, state, purpose,
                      owner_label, submission_key, version, changed_at)
  SELECT gen_random_uuid(), o.campaign_id, o.id, 'x', p.id, 'meeting', current_date - 5, current_date + 9, current_date + 3,
         CASE WHEN a.n <= :targets THEN 'requested' ELSE 'closed' END, 'Ask for a meeting', 'x', gen_random_uuid(), 1, now()
    FROM generate_series(1, :approaches) AS a (n)
    JOIN n_person p ON p.n = 1 + a.n % :targets JOIN n_org o ON o.n = a.n % (SELECT count(*) FROM n_org);
INSERT INTO approach_own (organisation_id, id, approach_id) SELECT organisation_id, gen_random_uuid(), id FROM approach;
ANALYZE;
"""


def fill(world: World, owner_url: str, size: Size = Size()) -> None:
    """Write a campaign of this size beside what the world has. Bounded: a few seconds at full size."""
    assert world.campaign
    with maintenance(owner_url) as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        _run(connection, size)


def _run(connection: Connection, size: Size) -> None:
    values = vars(size)
    for statement in PEOPLE.split(";\n"):
        filled = statement.replace("%", "%%")
        for name, number in values.items():
            filled = filled.replace(f":{name}", str(number))
        if filled.strip():
            connection.exec_driver_sql(filled)
