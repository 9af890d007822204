"""The demo's contacts: invented people, with addresses at example.org and numbers that Ofcom keeps for drama.

Ofcom, “Telephone numbers for use in TV and radio drama programmes”: 020 7946 0000–0999 and 07700 900000–900999.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

from sqlalchemy import select

from ..organisations.models import Unit
from ..platform.actor import Actor
from ..platform.db import db
from ..platform.tenancy import Context, use_context
from ..representatives.invented_postcodes import SEATS
from .models import (
    ConsentChannel,
    ConsentDecision,
    ConsentPurpose,
    Contact,
    ContactKind,
    DetailUse,
    Sector,
    Source,
)
from .services import ContactDraft, DetailDraft, add_note, keep_contact
from .services.consents import ConsentDraft, record_consent

NAMESPACE = UUID("0a4b6f2e-51c7-4d0e-9a57-0c1f3d2b7e65")
EACH = 12
# Who adds them in each organisation.
AUTHORS = ("coordinator@liberty.example", "organiser@neu.example", "organiser@praxis.example",
           "organiser@lawrs.example", "organiser@doctorsoftheworld.example")  # fmt: skip
FIRST = ("Amara", "Bronwen", "Callum", "Dilys", "Eoin", "Farida", "Gwenllian", "Hassan", "Inés", "Jürgen", "Kemi",
         "Llŷr", "Mary-Jane", "Nia", "Olu", "Priya", "Quentin", "Rhiannon", "Søren", "Tomos")  # fmt: skip
LAST = ("Ashdown-Vale", "Bellweather", "O’Brackley", "Dunmarrow", "Penhallick", "Ferrowby", "Tŵr-Coch", "Hollinsmoor",
        "Índigo", "Larkfield", "St-Osyth", "Varenholm", "Wyverton")  # fmt: skip
JOBS = (
    ("Teacher", "Northmoor Invented Academy", Sector.EDUCATION, "volunteer"),
    ("Practice nurse", "Quayholm Invented Surgery", Sector.HEALTH, "health workers"),
    ("Housing officer", "Larkhollow Invented Council", Sector.LOCAL_AUTHORITY, "volunteer"),
    ("Reporter", "The Invented Courier", Sector.NOT_PUBLIC, "press"),
    ("", "", None, "stall team"),
    ("Youth worker", "Fernwick Invented Youth Club", Sector.OTHER, "speaker"),
)
SOURCES = (Source.EVENT, Source.IN_PERSON, Source.FORM, Source.REFERRAL)
NOTES = (
    "Happy to speak at a public meeting. Evenings only.",
    "Runs the stall on the first Saturday of the month.",
    "Prefers a call to a letter.",
)


def seed(actors: Mapping[str, Actor]) -> int:
    """A dozen contacts for each organisation of the demo; answers how many were added. A second time adds none."""
    return sum(
        _seed_organisation(number, actors[email]) for number, email in enumerate(AUTHORS) if email in actors
    )


def _seed_organisation(number: int, actor: Actor) -> int:
    with use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session:
        if session.scalar(select(Contact.id).limit(1)) is not None:
            return 0
        units = list(db.session.scalars(select(Unit.id).order_by(Unit.name)))
        for place in range(EACH):
            draft = _draft(number, place, units)
            contact = keep_contact(actor, draft)
            if place % 3 != 2:
                record_consent(actor, contact.id, _decision(number, place))
            if place < len(NOTES):
                key = uuid5(NAMESPACE, f"note/{number}/{place}")
                add_note(actor, contact.id, NOTES[place], submission_key=key)
        session.commit()
    return EACH


def _draft(number: int, place: int, units: Sequence[UUID]) -> ContactDraft:
    if place == EACH - 1:
        return _body(number)
    if place == EACH - 2:
        return _again(number, _person(number, 0, units))
    return _person(number, place, units)


def _again(number: int, known: ContactDraft) -> ContactDraft:
    """The first of them once more, as somebody else wrote the name down: a duplicate to find."""
    first, last = known.name.split()
    return ContactDraft(
        name=f"{first[0]}. {last}",
        submission_key=uuid5(NAMESPACE, f"{number}/again"),
        phones=known.phones[:1],
        emails=(DetailDraft(f"again.{number}@example.org"),),
        tags=("stall team",),
        source=Source.PAPER,
    )


def _person(number: int, place: int, units: Sequence[UUID]) -> ContactDraft:
    at = number * EACH + place
    first, last = FIRST[at * 7 % len(FIRST)], LAST[at * 5 % len(LAST)]
    job, workplace, sector, tag = JOBS[at % len(JOBS)]
    phones = [DetailDraft(f"07700 900{at:03d}")] + (
        [DetailDraft(f"020 7946 0{at:03d}", use=DetailUse.WORK)] if at % 3 == 0 else []
    )
    return ContactDraft(
        name=f"{first} {last}",
        submission_key=uuid5(NAMESPACE, f"{number}/{place}"),
        emails=(DetailDraft(f"invented.{at:03d}@example.org"),) if at % 4 else (),
        phones=tuple(phones),
        addresses=(DetailDraft(f"{at + 1} Invented Street", postcode=_postcode(at)),),
        unit_id=units[at % len(units)] if units and at % 2 else None,
        sector=sector,
        job=job,
        workplace=workplace,
        language="cy" if first in ("Bronwen", "Tomos") else None,
        tags=tuple(_tags(tag, at)),
        source=SOURCES[at % len(SOURCES)],
    )


def _decision(number: int, place: int) -> ConsentDraft:
    """Some said yes to news, some no; a third were never asked."""
    refused = place % 5 == 4
    return ConsentDraft(
        purpose=ConsentPurpose.NEWS,
        decision=ConsentDecision.REFUSED if refused else ConsentDecision.GIVEN,
        submission_key=uuid5(NAMESPACE, f"consent/{number}/{place}"),
        channels=(ConsentChannel.EMAIL,) if place % 2 else (ConsentChannel.EMAIL, ConsentChannel.PHONE),
        evidence="" if refused else f"Line {place + 1} of the invented stall sheet",
    )


def _body(number: int) -> ContactDraft:
    at = number * EACH + EACH - 1
    return ContactDraft(
        name=f"Invented Tenants’ Forum {number + 1}",
        submission_key=uuid5(NAMESPACE, f"body/{number}"),
        kind=ContactKind.INSTITUTION,
        emails=(DetailDraft(f"forum.{number + 1}@example.org", use=DetailUse.WORK),),
        phones=(DetailDraft(f"020 7946 0{at:03d}", use=DetailUse.WORK),),
        addresses=(DetailDraft("The Invented Hall", use=DetailUse.WORK, postcode=_postcode(at)),),
        tags=("venue",),
        source=Source.REFERRAL,
    )


def _tags(tag: str, at: int) -> Iterable[str]:
    yield tag
    if at % 5 == 0:
        yield "key contact"


def _postcode(at: int) -> str:
    """One of the invented parliament's, in which nobody lives."""
    district, sector = divmod(at * 11 % SEATS, 10)
    return f"ZA{district + 1} {sector}AA"
