"""What contacts agreed to: every decision, and which of them stand."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from ...platform.db import db
from ..models import ConsentDecision, ConsentWording, ContactConsent, SpecialFact


class Decided(NamedTuple):
    """A decision, with the words that it was about where they are known."""

    consent: ContactConsent
    wording: ConsentWording | None


def list_decisions(contact_id: UUID) -> list[Decided]:
    """Every decision of a contact, the latest first: the first of a purpose and channel stands."""
    statement = (
        select(ContactConsent, ConsentWording)
        .outerjoin(
            ConsentWording,
            (ConsentWording.organisation_id == ContactConsent.organisation_id)
            & (ConsentWording.id == ContactConsent.wording_id),
        )
        .where(ContactConsent.contact_id == contact_id)
        .order_by(
            ContactConsent.decided_at.desc(), ContactConsent.created_at.desc(), ContactConsent.id.desc()
        )
    )
    return [Decided(consent, wording) for consent, wording in db.session.execute(statement)]


def list_standing(decisions: Sequence[Decided]) -> dict[tuple[str, str], Decided]:
    """Of decisions, the latest first, those that stand, by purpose and channel."""
    found: dict[tuple[str, str], Decided] = {}
    for one in decisions:
        found.setdefault((one.consent.purpose, one.consent.channel), one)
    return found


def find_standing(contact_id: UUID, purpose: str, channel: str) -> ContactConsent | None:
    """The decision that stands for a purpose and channel; None where nobody asked."""
    return next(
        (
            one.consent
            for one in list_decisions(contact_id)
            if (one.consent.purpose, one.consent.channel) == (purpose, channel)
        ),
        None,
    )


def consented(purpose: str, channel: str) -> Select[UUID]:
    """Ids of the contacts who said yes to this, and have said nothing else since."""
    return select(ContactConsent.contact_id).where(
        ContactConsent.purpose == purpose,
        ContactConsent.channel == channel,
        ContactConsent.decision == ConsentDecision.GIVEN,
        stands(),
    )


def list_standing_in(purpose: str, channel: str, decision: str) -> Select[UUID]:
    """Ids of the contacts of whom this decision stands; the same as by :func:`stands`, sorted once, for very many."""
    last = (
        select(ContactConsent.contact_id, ContactConsent.decision)
        .ext(distinct_on(ContactConsent.contact_id))
        .where(ContactConsent.purpose == purpose, ContactConsent.channel == channel)
        .order_by(
            ContactConsent.contact_id,
            ContactConsent.decided_at.desc(),
            ContactConsent.created_at.desc(),
            ContactConsent.id.desc(),
        )
        .subquery()
    )
    return select(last.c.contact_id).where(last.c.decision == decision)


def list_given(contact_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """What each contact says yes to now, as purpose and channel."""
    rows = db.session.execute(
        select(ContactConsent.contact_id, ContactConsent.purpose, ContactConsent.channel)
        .where(
            ContactConsent.contact_id.in_(contact_ids),
            ContactConsent.decision == ConsentDecision.GIVEN,
            stands(),
        )
        .order_by(ContactConsent.purpose, ContactConsent.channel)
    )
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        found[row.contact_id].append((row.purpose, row.channel))
    return found


def stands() -> ColumnElement[bool]:
    """That nothing was said after this decision about its purpose and channel."""
    later = aliased(ContactConsent)
    place = (later.decided_at, later.created_at, later.id)
    return ~exists().where(
        and_(
            later.organisation_id == ContactConsent.organisation_id,
            later.contact_id == ContactConsent.contact_id,
            later.purpose == ContactConsent.purpose,
            later.channel == ContactConsent.channel,
            tuple_(*place) > tuple_(ContactConsent.decided_at, ContactConsent.created_at, ContactConsent.id),
        )
    )


def list_wordings() -> dict[str, list[ConsentWording]]:
    """The organisation's wordings by purpose, the newest version first."""
    found: dict[str, list[ConsentWording]] = defaultdict(list)
    statement = select(ConsentWording).order_by(ConsentWording.purpose, ConsentWording.version.desc())
    for wording in db.session.scalars(statement):
        found[wording.purpose].append(wording)
    return found


def list_facts(contact_id: UUID) -> dict[str, SpecialFact]:
    """What is kept of a contact because they agreed to it, by purpose."""
    rows = db.session.scalars(select(SpecialFact).where(SpecialFact.contact_id == contact_id))
    return {one.purpose: one for one in rows}
