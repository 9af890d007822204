"""The chosen representatives as the letters meet them: from the live facts while drafting, frozen
afterwards.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import ContactKind, ContactPoint, OfficeHolding, Person
from organising.representatives.names import bare_name

from .content import Entry, in_one_line
from .merge import Field
from .models import Mailing, MailingChoice
from .states import LeftOut


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
    points = _addresses([holding.person_id for _, holding in rows])
    return [_live(choice, holding, points.get(holding.person_id), today()) for choice, holding in rows]


def frozen_entries(mailing: Mailing) -> list[Entry]:
    """What was frozen, and nothing that could have changed since: for the hash and for sending."""
    columns = MailingChoice.__table__.c
    statement = (
        select(
            columns.id,
            columns.holding_id,
            columns.person_id,
            columns.address,
            columns.fields,
            columns.left_out,
        )
        .where(columns.organisation_id == mailing.organisation_id, columns.mailing_id == mailing.id)
        .order_by(columns.place)
    )
    return [
        Entry(
            row.id,
            row.holding_id,
            row.person_id,
            (row.fields or {}).get(Field.FULL_NAME) or "",
            row.address,
            None,
            "",
            row.fields or {},
            row.left_out,
        )
        for row in db.session.execute(statement)
    ]


def included(entries: Sequence[Entry]) -> list[Entry]:
    """Those who will get a message, in the order of the pages."""
    return [entry for entry in entries if entry.left_out is None]


def _frozen(choice: MailingChoice, holding: OfficeHolding) -> Entry:
    return _entry(
        choice, holding, choice.address, choice.fields or {}, choice.left_out, choice.checked_by, ""
    )


def _live(choice: MailingChoice, holding: OfficeHolding, point: ContactPoint | None, on: date) -> Entry:
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
    clean = {str(name): in_one_line(value) if value else None for name, value in fields.items()}
    address = point.email if point and point.bounced_at is None else None
    return _entry(choice, holding, address, clean, _reason(holding, point, clean, on), by, greeting.reason)


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
    holding: OfficeHolding, point: ContactPoint | None, fields: dict[str, str | None], on: date
) -> LeftOut | None:
    if holding.end_on is not None and holding.end_on < on:
        return LeftOut.NOT_IN_OFFICE
    if point is None:
        return LeftOut.NO_EMAIL
    if point.bounced_at is not None:
        return LeftOut.BOUNCED
    return None if fields[Field.SALUTATION] else LeftOut.NO_SALUTATION


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
