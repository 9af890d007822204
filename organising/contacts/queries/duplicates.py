"""Finding contacts that may be one, by what the database can look up; what is compared then, is compared in Python."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, union
from sqlalchemy.orm import aliased

from ...platform.db import db
from ...platform.many import among
from ..duplicates import FIRST_RULES, MatchField, Rule, RuleKind, Traits, Weighted
from ..models import Contact, ContactDetail, ContactMerge, DetailKind, DuplicateRule, NotDuplicate

# So many pairs are looked at for one list; those that are settled make room for the next.
MOST_PAIRS = 2_000


def get_rule(kind: RuleKind) -> Rule:
    """The organisation's rule, or the one that it begins with."""
    row = db.session.scalars(select(DuplicateRule).where(DuplicateRule.kind == kind)).one_or_none()
    if row is None:
        return FIRST_RULES[kind]
    fields = tuple(
        Weighted(MatchField(one["field"]), int(one["weight"]), int(one["length"])) for one in row.fields
    )
    return Rule(kind, row.threshold, fields)


def list_pairs(seeds: Collection[MatchField], of: UUID | None = None) -> list[tuple[UUID, UUID]]:
    """Pairs of contacts that have one of these fields in common, the lesser id first; of one contact where named."""
    if not seeds:
        return []
    pairs = union(*[_pairs(seed, of) for seed in seeds]).subquery()
    apart = select(NotDuplicate.id).where(
        NotDuplicate.first_id == pairs.c.first_id, NotDuplicate.second_id == pairs.c.second_id
    )
    statement = (
        select(pairs.c.first_id, pairs.c.second_id)
        .where(~apart.exists())
        .order_by(pairs.c.first_id, pairs.c.second_id)
        .limit(MOST_PAIRS)
    )
    return [(row.first_id, row.second_id) for row in db.session.execute(statement)]


def list_alike(rule: Rule, traits: Sequence[Traits]) -> list[UUID]:
    """Contacts, archived ones too, among whom are all that the rule matches with any of those who are not kept yet.

    One statement for each set of fields that reaches the threshold: a telephone that thousands share finds none of them
    unless the name is one of these too. Each reads an index, where all of them together would read the whole table.
    """
    found: set[UUID] = set()
    for way in rule.ways:
        values = {
            one.field: {value for each in traits for value in each.values(one.field)}
            for one in way
            if one.finds_pairs
        }
        statement = _having(values)
        if statement is not None:
            found |= set(db.session.scalars(statement))
    return list(found)


def _having(values: Mapping[MatchField, Collection[Any]]) -> Select[UUID] | None:
    """Contacts with a value of the surest field among these, and a name among these; None where nobody can be."""
    if not values or not all(values.values()):
        return None
    names = values.get(MatchField.NAME)
    for field in (MatchField.EMAIL, MatchField.PHONE, MatchField.POSTCODE):
        if field in values:
            column = ContactDetail.postcode if field is MatchField.POSTCODE else ContactDetail.value_key
            statement = select(ContactDetail.contact_id).where(among(column, values[field]))
            if names is None:
                return statement
            named = (Contact.organisation_id == ContactDetail.organisation_id) & (
                Contact.id == ContactDetail.contact_id
            )
            return statement.join(Contact, named).where(among(Contact.sort_key, names))
    return select(Contact.id).where(among(Contact.sort_key, names or ()))


def list_traits(contact_ids: Collection[UUID]) -> dict[UUID, Traits]:
    """What is compared of contacts, by id; archived ones are left out."""
    names = {
        row.id: row.sort_key
        for row in db.session.execute(
            select(Contact.id, Contact.sort_key).where(
                among(Contact.id, contact_ids), Contact.archived_at.is_(None)
            )
        )
    }
    held: dict[tuple[UUID, str], set[Any]] = defaultdict(set)
    rows = db.session.execute(
        select(
            ContactDetail.contact_id, ContactDetail.kind, ContactDetail.value_key, ContactDetail.postcode
        ).where(among(ContactDetail.contact_id, names))
    )
    for row in rows:
        held[row.contact_id, row.kind].add(row.value_key or row.postcode)
    return {
        contact_id: Traits(
            contact_id,
            name,
            frozenset(held[contact_id, DetailKind.EMAIL]),
            frozenset(held[contact_id, DetailKind.PHONE]),
            frozenset(one for one in held[contact_id, DetailKind.ADDRESS] if one),
        )
        for contact_id, name in names.items()
    }


def list_by_id(contact_ids: Collection[UUID]) -> dict[UUID, Contact]:
    """Contacts by id."""
    rows = db.session.scalars(select(Contact).where(Contact.id.in_(contact_ids)))
    return {one.id: one for one in rows}


def find_apart(first_id: UUID, second_id: UUID) -> NotDuplicate | None:
    """What says that these two are two, or None."""
    first_id, second_id = sorted((first_id, second_id))
    return db.session.scalars(
        select(NotDuplicate).where(NotDuplicate.first_id == first_id, NotDuplicate.second_id == second_id)
    ).one_or_none()


def list_merges(contact_id: UUID) -> Sequence[ContactMerge]:
    """What was merged into a contact and still is, the latest first."""
    statement = (
        select(ContactMerge)
        .where(ContactMerge.kept_id == contact_id, ContactMerge.undone_at.is_(None))
        .order_by(ContactMerge.created_at.desc())
    )
    return db.session.scalars(statement).all()


def find_merge(kept_id: UUID, merged_id: UUID) -> ContactMerge | None:
    """The merge of these two that stands, or None."""
    statement = select(ContactMerge).where(
        ContactMerge.kept_id == kept_id,
        ContactMerge.merged_id == merged_id,
        ContactMerge.undone_at.is_(None),
    )
    return db.session.scalars(statement).one_or_none()


def _pairs(seed: MatchField, of: UUID | None) -> Select[UUID, UUID]:
    """Pairs by equality, which is leakproof and keeps its index under row security."""
    first, second = aliased(Contact), aliased(Contact)
    statement = select(first.id.label("first_id"), second.id.label("second_id"))
    if seed is MatchField.NAME:
        statement = statement.join(
            second, and_(second.organisation_id == first.organisation_id, second.sort_key == first.sort_key)
        )
    else:
        column = ContactDetail.postcode if seed is MatchField.POSTCODE else ContactDetail.value_key
        one, other = aliased(ContactDetail), aliased(ContactDetail)
        mine, theirs = getattr(one, column.key), getattr(other, column.key)
        kind = {MatchField.POSTCODE: DetailKind.ADDRESS, MatchField.PHONE: DetailKind.PHONE}.get(
            seed, DetailKind.EMAIL
        )
        statement = (
            statement.join(
                one, and_(one.organisation_id == first.organisation_id, one.contact_id == first.id)
            )
            .join(other, and_(other.organisation_id == one.organisation_id, theirs == mine))
            .join(
                second,
                and_(second.organisation_id == other.organisation_id, second.id == other.contact_id),
            )
            .where(one.kind == kind, other.kind == kind)
        )
    statement = statement.where(
        first.id < second.id, first.archived_at.is_(None), second.archived_at.is_(None)
    )
    return statement if of is None else statement.where(or_(first.id == of, second.id == of))
