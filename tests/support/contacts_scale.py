"""Contacts at full size, written by the database itself. Details are sealed with nothing: no page of a list opens them."""

from uuid import UUID

from sqlalchemy import text

from organising.platform.migrations import maintenance

# Spread over numbers by simple remainders, so that every run is the same. 1,000 first and 20,000 last names.
ROWS = """
CREATE TEMP TABLE n_contact ON COMMIT DROP AS
  SELECT gen_random_uuid() AS id, n, chr(97 + n % 26) || 'given' || n % 1000 AS given,
         chr(97 + n * 7 % 26) || 'family' || n::bigint * 7919 % 20000 AS family
    FROM generate_series(1, :number) n;
INSERT INTO contact (organisation_id, id, kind, name, sort_key, sector, source, submission_key)
  SELECT :organisation, id, 'person', initcap(given || ' ' || family), given || ' ' || family,
         (ARRAY['education', 'health', 'police', NULL])[1 + n % 4], 'import', gen_random_uuid() FROM n_contact;
INSERT INTO contact_detail (organisation_id, id, contact_id, kind, place, use, value_cipher, value_key)
  SELECT :organisation, gen_random_uuid(), id, 'email', 1, 'home', 'x', sha256(n::text::bytea) FROM n_contact;
INSERT INTO contact_area (organisation_id, id, contact_id, gss_code)
  SELECT :organisation, gen_random_uuid(), id, 'E14' || lpad((n % 650)::text, 6, '0') FROM n_contact;
INSERT INTO search_token (organisation_id, id, token)
  SELECT :organisation, id, given FROM n_contact UNION ALL SELECT :organisation, id, family FROM n_contact;
INSERT INTO tag (organisation_id, id, name, name_folded)
  SELECT :organisation, gen_random_uuid(), 'tag ' || t, 'tag ' || t FROM generate_series(0, 9) t;
INSERT INTO contact_tag (organisation_id, id, contact_id, tag_id)
  SELECT :organisation, gen_random_uuid(), c.id, t.id FROM n_contact c JOIN tag t ON t.organisation_id = :organisation
     AND t.name IN ('tag ' || c.n % 10, 'tag ' || c.n % 7);
INSERT INTO consent_wording (organisation_id, id, purpose, version, text, author_label)
  SELECT :organisation, gen_random_uuid(), 'news', 1, 'You may send me news.', 'x';
INSERT INTO contact_consent (organisation_id, id, contact_id, purpose, channel, decision, wording_id, decided_at, source,
                             author_label, submission_key)
  SELECT :organisation, gen_random_uuid(), c.id, 'news', 'email', (ARRAY['given', 'given', 'refused'])[1 + c.n % 3], w.id,
         now() - make_interval(days => (c.n % 300 + k * 300)::integer), 'form', 'x', gen_random_uuid()
    FROM n_contact c JOIN consent_wording w ON w.organisation_id = :organisation CROSS JOIN generate_series(0, 1) k
   WHERE c.n % 4 <> 0 AND (k = 0 OR c.n % 5 = 0);
INSERT INTO contact_field (organisation_id, id, name, name_folded, kind, place)
  SELECT :organisation, gen_random_uuid(), 'Hours', 'hours', 'number', 1;
INSERT INTO contact_field_value (organisation_id, id, contact_id, field_id, number)
  SELECT :organisation, gen_random_uuid(), c.id, f.id, c.n % 40 FROM n_contact c
    JOIN contact_field f ON f.organisation_id = :organisation WHERE c.n % 3 <> 0;
INSERT INTO area (id, kind, name, sort_key, other_names, gss_code, start_precision, end_precision)
  SELECT gen_random_uuid(), 'westminster', 'Seat ' || n, 'seat ' || n, '{}', 'E14' || lpad(n::text, 6, '0'), 'day', 'day'
    FROM generate_series(0, 649) n WHERE NOT EXISTS (SELECT FROM area WHERE gss_code = 'E14000000');
"""
TABLES = (
    "contact", "contact_detail", "contact_area", "search_token", "area", "tag", "contact_tag", "contact_consent",
    "contact_field_value",
)  # fmt: skip


def fill(owner_url: str, organisation_id: UUID, number: int) -> None:
    """So many contacts of one organisation, and statistics of them, as an hour later the server has by itself."""
    with maintenance(owner_url) as connection:
        for statement in ROWS.split(";\n"):
            if statement.strip():
                connection.execute(text(statement), {"number": number, "organisation": organisation_id})
        for table in TABLES:
            connection.execute(text(f"ANALYZE {table}"))
