"""Whom a mailing to contacts would reach and who is left out, by one statement; nothing here names anybody.

Of each contact in question the decision that stands for the purpose by email counts, and the first address of theirs
that holds and has not come back. An address that came back, or whose holder asked for no more, is out of reach unless
they decided anew since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Select, Text, Uuid, false, literal_column, or_, select, text

from organising.contacts.models import Contact, ContactSegment
from organising.contacts.queries.contacts import list_contacts
from organising.contacts.queries.segments import in_segment
from organising.mailings.models import Mailing
from organising.organisations.models import Organisation, OrganisationKind
from organising.outreach.models import Basis, ContactMailing, LeftOut
from organising.platform.clock import LONDON, now
from organising.platform.db import db, find

EXPANSION = 500
# The decision that stands for a contact ``{contact}``. A soft opt-in holds for a charity only.
STANDING = """
    SELECT d.decision, d.decided_at FROM contact_consent d
     WHERE d.organisation_id = :organisation AND d.contact_id = {contact} AND d.purpose = {purpose}
       AND d.channel = 'email' AND d.decided_at <= :as_of
     ORDER BY d.decided_at DESC, d.created_at DESC, d.id DESC LIMIT 1
"""
SUPPRESSED = """
    SELECT FROM suppression s
     WHERE s.organisation_id = :organisation AND s.email_key = {key} AND s.suppressed_at >= {decided}
"""
# The addresses of a contact ``{contact}`` that hold today.
EMAILS = """
    SELECT e.id, e.value_cipher, e.value_key, e.place FROM contact_detail e
     WHERE e.organisation_id = :organisation AND e.contact_id = {contact} AND e.kind = 'email'
       AND coalesce(e.valid_from, CAST(:today AS date)) <= CAST(:today AS date)
       AND coalesce(e.valid_until, CAST(:today AS date)) >= CAST(:today AS date)
"""
WRITTEN_LATELY = """
    SELECT FROM delivery w JOIN contact_mailing of ON of.organisation_id = w.organisation_id
       AND of.mailing_id = w.mailing_id
     WHERE w.organisation_id = :organisation AND w.contact_id = {contact} AND w.mailing_id <> {mailing}
       AND w.state IN ('committed', 'accepted', 'replied', 'uncertain', 'held')
       AND w.changed_at > CAST(:as_of AS timestamptz) - make_interval(days => {days})
"""
JUDGED = f"""
    (SELECT one.contact_id, one.email_key,
            CASE WHEN one.left_out IS NULL AND row_number() OVER (
                        PARTITION BY one.email_key, one.left_out IS NULL ORDER BY one.contact_id) > 1
                 THEN 'same_mailbox' ELSE one.left_out END AS left_out
       FROM (
         SELECT asked.id AS contact_id, address.value_key AS email_key,
                CASE WHEN asked.held_back THEN 'said_no'
                     WHEN said.decision IS NULL THEN 'not_asked'
                     WHEN said.decision IN ('refused', 'withdrawn') THEN 'said_no'
                     WHEN said.decision = 'soft_opt_in' AND NOT CAST(:soft AS boolean) THEN 'supporter_only'
                     WHEN address.value_key IS NULL THEN 'no_email'
                     WHEN address.stopped THEN 'said_no'
                     WHEN address.bounced THEN 'bounced'
                     WHEN CAST(:days AS integer) IS NOT NULL AND EXISTS (
                          {
    WRITTEN_LATELY.format(contact="asked.id", mailing="CAST(:mailing AS uuid)", days="CAST(:days AS integer)")
}) THEN 'written_lately'
                END AS left_out
           FROM asked
           LEFT JOIN LATERAL ({STANDING.format(contact="asked.id", purpose=":purpose")}) said ON true
           LEFT JOIN LATERAL (
             SELECT e.value_key, e.place, own.stopped, own.bounced
               FROM ({EMAILS.format(contact="asked.id")}) e
               CROSS JOIN LATERAL (
                 SELECT coalesce(bool_or(s.reason <> 'bounced'), false) AS stopped,
                        coalesce(bool_or(s.reason = 'bounced'), false) AS bounced
                   FROM suppression s
                  WHERE s.organisation_id = :organisation AND s.email_key = e.value_key
                    AND s.suppressed_at >= said.decided_at) own
              -- Nobody's address is looked for who may not be written to anyway: at full size that is half of the work.
              WHERE said.decision IN ('given', 'soft_opt_in')
              -- Who asked for no more at one address is not written to at another.
              ORDER BY own.stopped DESC, own.bounced, e.place LIMIT 1) address ON true) one) judged
"""  # noqa: S608 (the parts are constants)

EXPAND = text(
    """
    WITH chosen AS MATERIALIZED (
      SELECT r.id, r.contact_id, r.email_key FROM mailing_recipient r
       WHERE r.organisation_id = :organisation AND r.mailing_id = :mailing AND r.left_out IS NULL
         AND r.id > CAST(:after AS uuid)
         AND EXISTS (SELECT FROM mailing m WHERE m.organisation_id = :organisation AND m.id = :mailing
                        AND m.state = 'sending')
       ORDER BY r.id LIMIT :size),
    numbered AS MATERIALIZED (
      SELECT c.*, gen_random_uuid() AS new_id, row_number() OVER (ORDER BY c.id) AS number
        FROM chosen c
       WHERE NOT EXISTS (SELECT FROM delivery d WHERE d.organisation_id = :organisation AND d.mailing_id = :mailing
                            AND d.contact_id = c.contact_id)
       ORDER BY c.id LIMIT :most),
    written AS (
      INSERT INTO delivery (organisation_id, id, mailing_id, contact_id, email_key, place, message_id, state, next_at,
                            changed_at)
      SELECT :organisation, n.new_id, :mailing, n.contact_id, n.email_key,
             n.number + (SELECT coalesce(max(place), -1) FROM delivery
                          WHERE organisation_id = :organisation AND mailing_id = :mailing),
             '<' || n.new_id || '@' || CAST(:host AS text) || '>', 'queued', clock_timestamp(), clock_timestamp()
        FROM numbered n
      ON CONFLICT DO NOTHING)
    SELECT id FROM chosen ORDER BY id DESC LIMIT 1
    """
)


@dataclass(frozen=True)
class Reach:
    """How many of the contacts in question would get it, and how many would not, by why: they add up to ``asked``."""

    going: int
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return self.going + sum(self.left_out.values())


def judged(
    contacts: Select[tuple[Contact]], about: ContactMailing, *, mailing_id: UUID | None
) -> Select[Any]:
    """For each of these contacts the address by its key, and why they would be left out, if they would."""
    held_back = or_(Contact.restricted_at.is_not(None), Contact.objected_at.is_not(None)).label("held_back")
    asked = contacts.with_only_columns(Contact.id, held_back).order_by(None).cte("asked")
    kinds: dict[str, Any] = {"contact_id": Uuid(), "email_key": LargeBinary(), "left_out": Text()}
    columns: Any = (literal_column(f"judged.{name}", kind).label(name) for name, kind in kinds.items())
    as_of = about.as_of or now()
    values = {
        "organisation": about.organisation_id,
        "purpose": about.purpose,
        "as_of": as_of,
        "today": as_of.astimezone(LONDON).date(),
        "soft": about.basis == Basis.SOFT_OPT_IN and is_charity(about.organisation_id),
        "days": about.quiet_days,
        "mailing": mailing_id or UUID(int=0),
    }
    return select(*columns).select_from(text(JUDGED).bindparams(**values)).add_cte(asked)


def contacts_in_question(about: ContactMailing) -> Select[tuple[Contact]]:
    """The contacts that a mailing asks for, whether they agreed or not. Raises ``StaleSegment``."""
    contacts = list_contacts(
        unit_id=about.unit_id, sector=about.sector, tag_id=about.tag_id, gss_code=about.gss_code
    )
    if about.segment_id is None:
        return contacts
    segment = find_segment(about.segment_id)
    # Without its segment it goes to nobody, rather than to everybody.
    return contacts.where(in_segment(segment) if segment is not None else false())


def find_segment(segment_id: UUID) -> ContactSegment | None:
    """A saved segment of the organisation's own that was not removed."""
    segment = find(ContactSegment, segment_id)
    return segment if segment is not None and segment.removed_at is None else None


def count_reach(about: ContactMailing, *, mailing_id: UUID | None = None) -> Reach:
    """Count them as things stand."""
    statement = judged(contacts_in_question(about), about, mailing_id=mailing_id).subquery()
    why: Any = literal_column("left_out")
    rows = db.session.execute(
        select(why.label("left_out"), literal_column("count(*)").label("number"))
        .select_from(statement)
        .group_by(why)
    )
    return _reach({row.left_out: row.number for row in rows})


def count_frozen(mailing: Mailing) -> Reach:
    """The same as it was frozen when sign-off was asked for."""
    rows = db.session.execute(
        text(
            "SELECT left_out, count(*) AS number FROM mailing_recipient "
            "WHERE organisation_id = :organisation AND mailing_id = :mailing GROUP BY left_out"
        ),
        {"organisation": mailing.organisation_id, "mailing": mailing.id},
    )
    return _reach({row.left_out: row.number for row in rows})


def _reach(found: dict[str | None, int]) -> Reach:
    return Reach(found.pop(None, 0), {one: found[one] for one in LeftOut if one in found})


def is_charity(organisation_id: UUID) -> bool:
    """Whether the organisation is of the kind for which the soft opt-in exists."""
    kind = db.session.scalar(select(Organisation.kind).where(Organisation.id == organisation_id))
    return bool(kind == OrganisationKind.CHARITY)


def expand(mailing: Mailing, *, host: str, after: UUID, most: int) -> UUID | None:
    """Write out at most so many of those frozen, after this one; answers the one to go on from.

    ``None``: there is nobody left to look at. Repeating it after a crash adds only the rest; nobody is written out twice.
    """
    values = {
        "organisation": mailing.organisation_id,
        "mailing": mailing.id,
        "host": host,
        "after": after,
        "most": most,
        "size": EXPANSION,
    }
    found: UUID | None = db.session.scalar(EXPAND, values)
    return found
