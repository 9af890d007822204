"""Contacts with what hangs on them: one statement for all contacts of a page."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, exists, func, intersect, select

from ...accounts.models import User
from ...organisations.models import Membership, Unit
from ...platform.db import db, find
from ...platform.few import count_found
from ...platform.many import among
from ...platform.tenancy import context_of
from ...representatives.models import Area, AreaKind
from ...representatives.queries.areas import exists_on
from ..models import Contact, ContactArea, ContactDetail, ContactNote, ContactTag, SearchToken, Tag
from .consents import consented

Row = TypeVar("Row")
# Areas that campaigners choose people by, the most used first.
AREA_KINDS = (AreaKind.WESTMINSTER, AreaKind.LOCAL_AUTHORITY, AreaKind.POLICE_FORCE)


@dataclass(frozen=True)
class AreaChoice:
    """An area in which the organisation has contacts."""

    gss_code: str
    name: str
    kind: str


def list_contacts(
    *,
    words: Sequence[str] = (),
    value_key: bytes | None = None,
    kind: str | None = None,
    unit_id: UUID | None = None,
    sector: str | None = None,
    tag_id: UUID | None = None,
    gss_code: str | None = None,
    source: str | None = None,
    agreed: tuple[str, str] | None = None,
    archived: bool = False,
) -> Select[tuple[Contact]]:
    """Contacts that every condition holds of; each of ``words`` (folded) begins one of their search tokens.

    ``agreed``: the purpose and channel that they said yes to and still do.
    """
    put_away = Contact.archived_at.is_not(None) if archived else Contact.archived_at.is_(None)
    # One that was merged stands behind another.
    statement = select(Contact).where(put_away, Contact.merged_into_id.is_(None))
    for column, wanted in (
        (Contact.kind, kind),
        (Contact.unit_id, unit_id),
        (Contact.sector, sector),
        (Contact.source, source),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if words:
        statement = statement.where(Contact.id == any_(_found_by(words)))
    if value_key is not None:
        statement = statement.where(
            Contact.id.in_(select(ContactDetail.contact_id).where(ContactDetail.value_key == value_key))
        )
    if tag_id is not None:
        statement = statement.where(
            Contact.id.in_(select(ContactTag.contact_id).where(ContactTag.tag_id == tag_id))
        )
    if gss_code is not None:
        statement = statement.where(
            Contact.id.in_(select(ContactArea.contact_id).where(ContactArea.gss_code == gss_code))
        )
    if agreed is not None:
        statement = statement.where(Contact.id.in_(consented(*agreed)))
    return statement


def _found_by(words: Sequence[str]) -> Any:
    """The ids of those with a token that begins so, for each word: an array, read from the index before anything else.

    Equality and ``^@`` are leakproof, so they keep their index under row security; ILIKE would not. As a condition on
    each contact the planner, who knows little of what row security leaves, walked through all of them in order.
    """
    each = [
        select(SearchToken.id).where(SearchToken.token.op("^@", is_comparison=True)(word)) for word in words
    ]
    ids = intersect(*each) if len(each) > 1 else each[0]
    return func.array(ids.scalar_subquery(), type_=ARRAY(Uuid))


def count_contacts(statement: Select[tuple[Contact]], most: int | None = None) -> int:
    """How many the statement finds; where ``most`` is given, ``most + 1`` stands for more than that.

    Counting all that a first letter finds would take seconds of a large organisation's server.
    """
    counted = statement.order_by(None)
    if most is not None:
        counted = counted.limit(most + 1)
    return count_found(counted)


def find_by_submission(key: UUID) -> Contact | None:
    """The contact that a form with this key has made already, or None."""
    return db.session.scalars(select(Contact).where(Contact.submission_key == key)).one_or_none()


def find_whole(contact_id: UUID) -> Contact | None:
    """The contact; of one that was merged, the one it is part of now."""
    contact = find(Contact, contact_id)
    while contact is not None and contact.merged_into_id is not None:
        contact = find(Contact, contact.merged_into_id)
    return contact


def list_details(contact_ids: Collection[UUID]) -> dict[UUID, list[ContactDetail]]:
    """Emails, phones and addresses by contact, in the organisation's order."""
    statement = (
        select(ContactDetail)
        .where(among(ContactDetail.contact_id, contact_ids))
        .order_by(ContactDetail.kind, ContactDetail.place)
    )
    return _grouped(db.session.scalars(statement).all())


def list_tags_of(contact_ids: Collection[UUID]) -> dict[UUID, list[Tag]]:
    """Tags by contact, by name."""
    rows = db.session.execute(
        select(ContactTag.contact_id, Tag)
        .join(Tag, (Tag.organisation_id == ContactTag.organisation_id) & (Tag.id == ContactTag.tag_id))
        .where(among(ContactTag.contact_id, contact_ids))
        .order_by(Tag.name_folded)
    )
    found: dict[UUID, list[Tag]] = defaultdict(list)
    for contact_id, tag in rows:
        found[contact_id].append(tag)
    return found


def list_areas_of(contact_ids: Collection[UUID], on: date) -> dict[UUID, list[Area]]:
    """The areas in force that present addresses lie in, by contact: the constituency first."""
    rows = db.session.execute(
        select(ContactArea.contact_id, Area)
        .join(Area, Area.gss_code == ContactArea.gss_code)
        .where(ContactArea.contact_id.in_(contact_ids), exists_on(on))
        .order_by(Area.kind != AreaKind.WESTMINSTER, Area.kind, Area.sort_key)
    )
    found: dict[UUID, list[Area]] = defaultdict(list)
    for contact_id, area in rows:
        found[contact_id].append(area)
    return found


def list_unit_names(unit_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of the organisation's units by id."""
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids)))
    return {row.id: row.name for row in rows}


def list_tags() -> Sequence[Tag]:
    """The organisation's tags that somebody bears, by name."""
    borne = exists().where(ContactTag.organisation_id == Tag.organisation_id, ContactTag.tag_id == Tag.id)
    return db.session.scalars(select(Tag).where(borne).order_by(Tag.name_folded)).all()


def list_colleagues() -> list[tuple[UUID, str]]:
    """Who belongs to the organisation now, by name."""
    organisation_id = context_of(db.session()).organisation_id
    rows = db.session.execute(
        select(User.id, User.display_name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(func.lower(User.display_name), User.id)
    )
    return [(row.id, row.display_name) for row in rows]


def list_areas_with_contacts(on: date) -> list[AreaChoice]:
    """Areas of the chosen kinds in which the organisation has contacts, by kind and name."""
    # One look into the index for each area: reading every contact's areas would take as long as there are contacts.
    there = exists().where(ContactArea.gss_code == Area.gss_code)
    rows = db.session.execute(
        select(Area.gss_code, Area.name, Area.kind)
        .where(Area.kind.in_(AREA_KINDS), Area.gss_code.is_not(None), exists_on(on), there)
        .order_by(Area.sort_key)
    ).all()
    return [
        AreaChoice(row.gss_code, row.name, row.kind)
        for kind in AREA_KINDS
        for row in rows
        if row.kind == kind
    ]


def list_notes(contact_id: UUID) -> Sequence[ContactNote]:
    """Notes about a contact that were not taken away, newest first."""
    statement = (
        select(ContactNote)
        .where(ContactNote.contact_id == contact_id, ContactNote.removed_at.is_(None))
        .order_by(ContactNote.created_at.desc(), ContactNote.id)
    )
    return db.session.scalars(statement).all()


def has_contacts() -> bool:
    """Whether there is any contact within reach, archived ones too."""
    return bool(db.session.scalar(select(exists(select(Contact.id)))))


def count_by_sector() -> dict[str | None, int]:
    """How many contacts stand in each sector, archived ones left out."""
    return _counted(Contact.sector)


def count_by_unit() -> dict[UUID | None, int]:
    """The same by unit; None is the organisation as a whole."""
    return _counted(Contact.unit_id)


def _counted(column: Any) -> dict[Any, int]:
    rows = db.session.execute(
        select(column, func.count()).where(Contact.archived_at.is_(None)).group_by(column)
    )
    return dict(rows.all())


def _grouped(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.contact_id].append(row)
    return found
