"""Reading representatives: who is in office, how to find them by a few letters, how to reach them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload

from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.few import count_found
from organising.representatives.known import CORRECTED
from organising.representatives.models import (
    Area,
    AreaIdentifier,
    AreaKind,
    ContactKind,
    ContactPoint,
    OfficeHolding,
    OfficeKind,
    Party,
    Person,
    PersonName,
    PersonToken,
    Postcode,
    PostcodePlace,
)
from organising.representatives.names import fold
from organising.representatives.parties import TAKES_WHIP_OF
from organising.representatives.postcode_format import find_key
from organising.representatives.readers.records import GSS

MOST_WORDS = 8


@dataclass(frozen=True)
class Suggestion:
    """A person as a combobox shows them: the name, and party and seat as detail."""

    id: UUID
    label: str
    detail: str


@dataclass(frozen=True)
class SeatOnMap:
    """A seat with its hexagon and who sits there; a vacant seat has no person."""

    area_id: UUID
    name: str
    region: str | None
    q: int
    r: int
    person_id: UUID | None
    person_name: str | None
    party_name: str | None
    party_colour: str | None


@dataclass(frozen=True)
class Reach:
    """What a letter to a sitting member needs. ``email`` None: none is known, and that is to be shown."""

    person_id: UUID
    name: str
    sort_key: str
    holding_id: UUID
    kind: str
    area_name: str | None
    party_name: str | None
    salutation: str
    salutation_checked: bool
    salutation_reason: str
    envelope: str
    email: str | None
    contact_point_id: UUID | None


def in_office(on: date) -> ColumnElement[bool]:
    """Holdings in force on a day; one that was superseded on its first day never was."""
    return and_(
        or_(OfficeHolding.start_on.is_(None), OfficeHolding.start_on <= on),
        or_(OfficeHolding.end_on.is_(None), OfficeHolding.end_on >= on),
        func.coalesce(OfficeHolding.end_reason, "") != CORRECTED,
    )


def found_by(words: str) -> ColumnElement[bool]:
    """Each word typed begins a word of a name, or of the seat held; accents and order don't matter.

    A whole postcode means whoever sits for the constituency that the loaded table says; nobody is asked.
    """
    key = find_key(words)
    if key is not None:
        return Person.id.in_(_sitting_for(key))
    conditions: list[ColumnElement[bool]] = [
        Person.id.in_(select(PersonToken.person_id).where(PersonToken.token.op("^@")(word)))
        for word in fold(words).split()[:MOST_WORDS]
    ]
    return and_(true(), *conditions)


def list_people(
    *, on: date, words: str = "", kind: str = "", party: str = "", region: str = ""
) -> Select[Person]:
    """People by what was typed and chosen.

    ``kind`` empty: whoever holds any office on that day; ``former``: whoever holds none. ``party`` is a key,
    ``region`` a name.
    """
    statement = select(Person).where(found_by(words))
    if kind == "former":
        sat = exists().where(OfficeHolding.person_id == Person.id, OfficeHolding.kind != OfficeKind.CANDIDATE)
        return statement.where(sat, ~exists().where(OfficeHolding.person_id == Person.id, in_office(on)))
    holds = select(OfficeHolding.id).where(OfficeHolding.person_id == Person.id, in_office(on))
    if kind:
        holds = holds.where(OfficeHolding.kind == kind)
    if party:
        holds = holds.where(under_whip_of(party))
    if region:
        holds = holds.join(Area, Area.id == OfficeHolding.area_id).where(Area.region == region)
    return statement.where(holds.exists())


def count_people(statement: Select[Person]) -> int:
    """How many people a list holds."""
    return count_found(statement)


def current_holdings(person_ids: Collection[UUID], on: date) -> dict[UUID, OfficeHolding]:
    """The holding in force of each person who has one, with area and party; a seat before a peerage."""
    statement = (
        select(OfficeHolding)
        .where(OfficeHolding.person_id.in_(person_ids), in_office(on))
        .options(joinedload(OfficeHolding.area), joinedload(OfficeHolding.party))
        .order_by(OfficeHolding.area_id.is_(None).desc(), OfficeHolding.start_on.asc().nulls_first())
    )
    return {one.person_id: one for one in db.session.scalars(statement)}


def list_holdings(person_id: UUID) -> Sequence[OfficeHolding]:
    """All terms of a person, newest first, with person, area and party."""
    statement = (
        select(OfficeHolding)
        .where(OfficeHolding.person_id == person_id)
        .options(
            joinedload(OfficeHolding.person), joinedload(OfficeHolding.area), joinedload(OfficeHolding.party)
        )
        .order_by(OfficeHolding.end_on.desc().nulls_first(), OfficeHolding.start_on.desc().nulls_last())
    )
    return db.session.scalars(statement).all()


def list_names(person_id: UUID) -> Sequence[PersonName]:
    """Every name a person goes or went by, main names first."""
    statement = select(PersonName).where(PersonName.person_id == person_id)
    return db.session.scalars(statement.order_by(PersonName.is_main.desc(), PersonName.text)).all()


def list_contact_points(person_id: UUID) -> Sequence[ContactPoint]:
    """Live ways to reach a person, the preferred first."""
    statement = select(ContactPoint).where(
        ContactPoint.person_id == person_id, ContactPoint.ended_on.is_(None)
    )
    return db.session.scalars(
        statement.order_by(ContactPoint.is_preferred.desc(), ContactPoint.kind, ContactPoint.email)
    ).all()


def search(words: str, *, on: date, limit: int = 30) -> list[Suggestion]:
    """People by the first letters of names and seats, those in office first; nothing typed finds nothing."""
    if not fold(words):
        return []
    holds = exists().where(OfficeHolding.person_id == Person.id, in_office(on))
    statement = select(Person).where(found_by(words)).order_by(holds.desc(), Person.sort_key, Person.id)
    people = db.session.scalars(statement.limit(limit)).all()
    holdings = current_holdings([one.id for one in people], on)
    if find_key(words) is not None:
        return [Suggestion(one.id, one.name, _from_postcode(holdings.get(one.id))) for one in people]
    return [Suggestion(one.id, one.name, office_in_words(holdings.get(one.id))) for one in people]


def _sitting_for(key: str) -> Select[UUID]:
    """Who sits today for the constituency of a postcode that is in use."""
    former = select(AreaIdentifier.area_id).where(
        AreaIdentifier.scheme == GSS, AreaIdentifier.value == PostcodePlace.constituency
    )
    return (
        select(OfficeHolding.person_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .join(PostcodePlace, or_(Area.gss_code == PostcodePlace.constituency, Area.id.in_(former)))
        .join(Postcode, Postcode.place_id == PostcodePlace.id)
        .where(
            Postcode.key == key,
            Postcode.terminated_on.is_(None),
            Area.kind == AreaKind.WESTMINSTER,
            OfficeHolding.kind == OfficeKind.MP,
            in_office(today()),
        )
    )


def _from_postcode(holding: OfficeHolding | None) -> str:
    """“Fablewick · from the postcode”."""
    seat = holding.area.name if holding and holding.area else office_in_words(holding)
    return f"{seat} · from the postcode"


def office_in_words(holding: OfficeHolding | None) -> str:
    """“Labour, Fablewick”; “not in office” without a holding."""
    if holding is None:
        return "not in office"
    parts = [holding.party and holding.party.name, holding.area and holding.area.name]
    return ", ".join(part for part in parts if part) or holding.kind


def under_whip_of(party: str | UUID) -> ColumnElement[bool]:
    """Whether an office's holder takes the whip of a party, given by key or id: its own members, and those who sit with it."""
    chosen = aliased(Party)
    guests = [and_(Party.key == guest, chosen.key == host) for guest, host in TAKES_WHIP_OF.items()]
    named = chosen.id == party if isinstance(party, UUID) else chosen.key == party
    joined = select(Party.id).join(chosen, or_(Party.id == chosen.id, *guests)).where(named)
    return OfficeHolding.party_id.in_(joined)


def list_parties(*, on: date) -> Sequence[tuple[Party, int]]:
    """Parties with members in office and how many take their whip (:func:`under_whip_of`), the largest first."""
    statement = (
        select(Party, func.count())
        .join(OfficeHolding, OfficeHolding.party_id == Party.id)
        .where(in_office(on))
        .group_by(Party.id)
    )
    found = {party.key: (party, number) for party, number in db.session.execute(statement)}
    guests = Counter[str]()
    for guest, host in TAKES_WHIP_OF.items():
        guests[host] += found[guest][1] if guest in found else 0
    whole = [(party, number + guests[key]) for key, (party, number) in found.items()]
    return sorted(whole, key=lambda one: (-one[1], one[0].name))


def list_regions() -> Sequence[str]:
    """Regions of seats that exist, by name."""
    statement = select(Area.region).where(Area.region.is_not(None), Area.end_on.is_(None)).distinct()
    return sorted(one for one in db.session.scalars(statement) if one)


def list_seats(*, on: date) -> list[SeatOnMap]:
    """Every seat that has a hexagon, with who sits there, by name."""
    sits = and_(OfficeHolding.area_id == Area.id, OfficeHolding.kind == OfficeKind.MP, in_office(on))
    statement = (
        select(
            Area.id, Area.name, Area.region, Area.hex_q, Area.hex_r,
            Person.id, Person.name, Party.name, Party.colour,
        )
        .outerjoin(OfficeHolding, sits)
        .outerjoin(Person, Person.id == OfficeHolding.person_id)
        .outerjoin(Party, Party.id == OfficeHolding.party_id)
        .where(Area.hex_q.is_not(None), Area.hex_r.is_not(None))
        .order_by(Area.sort_key)
    )  # fmt: skip
    return [SeatOnMap(*tuple(row)) for row in db.session.execute(statement)]  # type: ignore[arg-type]


def list_sitting(
    *, on: date, kind: str = OfficeKind.MP, person_ids: Collection[UUID] | None = None
) -> Select[OfficeHolding]:
    """Holdings of one kind in force on a day, with person, area and party loaded, by the person's name."""
    statement = (
        select(OfficeHolding)
        .join(OfficeHolding.person)
        .where(OfficeHolding.kind == kind, in_office(on))
        .options(
            contains_eager(OfficeHolding.person),
            joinedload(OfficeHolding.area),
            joinedload(OfficeHolding.party),
        )
        .order_by(Person.sort_key, Person.id)
    )
    return statement if person_ids is None else statement.where(OfficeHolding.person_id.in_(person_ids))


def list_reach(
    *, on: date, kind: str = OfficeKind.MP, person_ids: Collection[UUID] | None = None
) -> list[Reach]:
    """How to write to members in office, by name; those without an address too, to be listed as such."""
    holdings = db.session.scalars(list_sitting(on=on, kind=kind, person_ids=person_ids)).all()
    points = _addresses([one.person_id for one in holdings])
    return [_reach(one, points.get(one.person_id)) for one in holdings]


def list_unchecked_salutations(*, on: date) -> Select[Person]:
    """Members in office whose salutation nobody has checked."""
    sits = exists().where(OfficeHolding.person_id == Person.id, OfficeHolding.kind == "mp", in_office(on))
    return select(Person).where(sits, Person.salutation_checked_at.is_(None))


def _addresses(person_ids: Collection[UUID]) -> dict[UUID, ContactPoint]:
    """One live address a person: the preferred one, else the office's in Parliament, else the first."""
    statement = (
        select(ContactPoint)
        .where(
            ContactPoint.person_id.in_(person_ids),
            ContactPoint.email.is_not(None),
            ContactPoint.ended_on.is_(None),
            ContactPoint.bounced_at.is_(None),
        )
        .order_by(
            ContactPoint.is_preferred.asc(),
            (ContactPoint.kind == ContactKind.PARLIAMENTARY_OFFICE).asc(),
            ContactPoint.email.desc(),
        )
    )
    return {one.person_id: one for one in db.session.scalars(statement)}


def _reach(holding: OfficeHolding, point: ContactPoint | None) -> Reach:
    person: Any = holding.person
    greeting = person.greeting(holding.kind)
    return Reach(
        person_id=person.id,
        name=person.name,
        sort_key=person.sort_key,
        holding_id=holding.id,
        kind=holding.kind,
        area_name=holding.area.name if holding.area else None,
        party_name=holding.party.name if holding.party else None,
        salutation=greeting.text,
        salutation_checked=greeting.checked,
        salutation_reason=greeting.reason,
        envelope=person.envelope(holding.kind),
        email=point.email if point else None,
        contact_point_id=point.id if point else None,
    )
