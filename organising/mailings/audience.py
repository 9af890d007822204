"""The chosen representatives as the letters meet them: from the live facts while drafting, frozen
afterwards.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from organising.lobbying.queries import measure_pressures
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db, new_id
from organising.representatives.models import ContactKind, ContactPoint, OfficeHolding, Person
from organising.representatives.names import bare_name
from organising.representatives.queries.parliaments import list_last_dissolutions

from .content import Entry, in_one_line
from .merge import Field
from .models import Mailing, MailingChoice
from .queries.conditions import read_conditions
from .queries.lately import list_written_to
from .states import LeftOut, Withheld


@dataclass(frozen=True)
class Spared:
    """Whom the calendar, or the mailing's own rules, keep out. ``dissolved``: the last dissolution by kind of office."""

    on: date
    dissolved: dict[str, date] = field(default_factory=dict)
    pressed: frozenset[UUID] = frozenset()
    written_to: frozenset[UUID] = frozenset()


def list_entries(mailing: Mailing, *, choice_ids: Collection[UUID] | None = None) -> list[Entry]:
    """All chosen, by name, those left out included. Frozen from the moment that sign-off was asked for."""
    statement = (
        select(MailingChoice, OfficeHolding)
        .join(OfficeHolding, OfficeHolding.id == MailingChoice.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .options(
            joinedload(OfficeHolding.person), joinedload(OfficeHolding.area), joinedload(OfficeHolding.party)
        )
        .where(
            MailingChoice.organisation_id == mailing.organisation_id, MailingChoice.mailing_id == mailing.id
        )
        .order_by(Person.sort_key, Person.id, MailingChoice.id)
    )
    if choice_ids is not None:
        statement = statement.where(MailingChoice.id.in_(choice_ids))
    rows = [(choice, holding) for choice, holding in db.session.execute(statement)]
    if not mailing.is_draft:
        return [_frozen(choice, holding) for choice, holding in rows]
    return _live_entries(mailing, rows)


def show_to(mailing: Mailing, holding: OfficeHolding) -> Entry:
    """One representative as the letters of a draft would meet them, chosen or not. ``mailing`` may be unsaved."""
    choice = db.session.scalar(
        select(MailingChoice).where(
            MailingChoice.organisation_id == mailing.organisation_id,
            MailingChoice.mailing_id == mailing.id,
            MailingChoice.person_id == holding.person_id,
        )
    )
    shown = choice or MailingChoice(id=new_id(), holding_id=holding.id, person_id=holding.person_id)
    return _live_entries(mailing, [(shown, holding)])[0]


def included(entries: Sequence[Entry]) -> list[Entry]:
    """Those who will get a message, in the order of the pages."""
    return [entry for entry in entries if entry.left_out is None]


def _frozen(choice: MailingChoice, holding: OfficeHolding) -> Entry:
    return _entry(
        choice, holding, choice.address, choice.fields or {}, choice.left_out, choice.checked_by, ""
    )


def find_withheld(mailing: Mailing, person_ids: Collection[UUID]) -> dict[UUID, Withheld]:
    """Whom a mailing that is leaving would leave out, were sign-off asked now: by its own rules, and why."""
    pressed, written_to = _rested(mailing, person_ids, left_beside=mailing.id)
    return dict.fromkeys(written_to, Withheld.WRITTEN_TO) | dict.fromkeys(pressed, Withheld.OVER_BUDGET)


def _spared(mailing: Mailing, person_ids: Collection[UUID]) -> Spared:
    return Spared(today(), list_last_dissolutions(today()), *_rested(mailing, person_ids))


def _rested(
    mailing: Mailing, person_ids: Collection[UUID], *, left_beside: UUID | None = None
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Who has had enough mail, and who some lately, where the mailing spares them."""
    pressed: set[UUID] = set()
    if mailing.spares_pressed:
        asker = Actor.system(mailing.organisation_id, campaign_id=mailing.campaign_id)
        found = measure_pressures(asker, person_ids, left_beside=left_beside)
        pressed = {one for one, pressure in found.items() if pressure.mail.is_full}
    written_to: frozenset[UUID] = frozenset()
    if mailing.quiet_days:
        written_to = list_written_to(
            mailing.campaign_id, person_ids, mailing.quiet_days, left_beside=left_beside
        )
    return frozenset(pressed), written_to


def _live_entries(mailing: Mailing, rows: Sequence[tuple[MailingChoice, OfficeHolding]]) -> list[Entry]:
    people = [holding.person_id for _, holding in rows]
    points, spared = _addresses(people), _spared(mailing, people)
    beside = read_conditions(mailing, [holding for _, holding in rows])
    return [
        _live(choice, holding, points.get(holding.person_id), spared, beside[holding.person_id])
        for choice, holding in rows
    ]


def _live(
    choice: MailingChoice,
    holding: OfficeHolding,
    point: ContactPoint | None,
    spared: Spared,
    beside: dict[str, str | None],
) -> Entry:
    greeting = holding.person.greeting(holding.kind)
    mine = choice.salutation is not None and choice.checked_at is not None
    salutation = choice.salutation if mine else greeting.text
    by = choice.checked_by if mine else holding.person.salutation_checked_by if greeting.checked else None
    fields = {
        Field.SALUTATION: salutation,
        Field.FULL_NAME: holding.person.name,
        Field.FIRST_NAME: _first_name(holding.person),
        Field.CONSTITUENCY: holding.area.name if holding.area else None,
        Field.PARTY: holding.party.name if holding.party else None,
    }
    clean = {str(name): in_one_line(value) if value else None for name, value in fields.items()} | beside
    address = point.email if point and point.bounced_at is None else None
    return _entry(
        choice, holding, address, clean, _reason(holding, point, clean, spared), by, greeting.reason
    )


def _entry(
    choice: MailingChoice,
    holding: OfficeHolding,
    address: str | None,
    fields: dict[str, Any],
    left_out: str | None,
    checked_by: str | None,
    reason: str,
) -> Entry:
    party = holding.party
    return Entry(
        choice_id=choice.id,
        holding_id=holding.id,
        person_id=holding.person_id,
        name=fields.get(Field.FULL_NAME) or holding.person.name,
        address=address,
        checked_by=checked_by,
        reason=reason,
        fields=fields,
        left_out=left_out,
        party=party.name if party else None,
        party_colour=party.colour if party else None,
    )


def _reason(
    holding: OfficeHolding, point: ContactPoint | None, fields: dict[str, str | None], spared: Spared
) -> LeftOut | None:
    """The first that holds: what nobody can change, then what can be mended, then what the mailing asked for."""
    dissolved_on = spared.dissolved.get(holding.kind)
    reasons = (
        (holding.end_on is not None and holding.end_on < spared.on, LeftOut.NOT_IN_OFFICE),
        (
            dissolved_on is not None and (holding.start_on or date.min) < dissolved_on,
            LeftOut.DISSOLVED,
        ),
        (not holding.person.takes_mailings, LeftOut.ASKS_OTHERWISE),
        (point is None, LeftOut.NO_EMAIL),
        (point is not None and point.bounced_at is not None, LeftOut.BOUNCED),
        (not fields[Field.SALUTATION], LeftOut.NO_SALUTATION),
        (holding.person_id in spared.pressed, LeftOut.OVER_BUDGET),
        (holding.person_id in spared.written_to, LeftOut.WRITTEN_TO),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _first_name(person: Person) -> str | None:
    """The first of several names; nobody is called by the only word that is known of them."""
    words = bare_name(person.name).split()
    return words[0] if len(words) > 1 else None


def _addresses(person_ids: Collection[UUID]) -> dict[UUID, ContactPoint]:
    """One address a person: one that has not bounced, the preferred one, else the office's in Parliament."""
    statement = (
        select(ContactPoint)
        .where(
            ContactPoint.person_id.in_(person_ids),
            ContactPoint.email.is_not(None),
            ContactPoint.ended_on.is_(None),
        )
        .order_by(
            ContactPoint.bounced_at.is_(None).asc(),
            ContactPoint.is_preferred.asc(),
            (ContactPoint.kind == ContactKind.PARLIAMENTARY_OFFICE).asc(),
            ContactPoint.email.desc(),
        )
    )
    return {point.person_id: point for point in db.session.scalars(statement)}
