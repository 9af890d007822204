"""Proposing contacts that may be one, and remembering which are two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import Caution, caution_key
from ...platform.db import db, get_or_404
from ...platform.erasures import erased_on, keys_of_somebody
from ...platform.errors import Invalid, NotFound
from ...platform.permissions import Permission
from ...platform.sealing import blind_index, canonical_email
from ...platform.ui import longdate
from ...representatives.names import fold
from ..duplicates import HIGHEST, MOST_FIELDS, MatchField, Rule, RuleKind, Traits, Weighted, score
from ..models import Contact, DuplicateRule, NotDuplicate
from ..queries.duplicates import (
    find_apart,
    get_rule,
    list_alike,
    list_by_id,
    list_pairs,
    list_traits,
)
from ..words import MATCH_FIELDS
from .drafts import ContactDraft

MOST_SHOWN = 100


@dataclass(frozen=True)
class Candidate:
    """Two contacts that may be one; ``first`` was there first. ``equal``: the fields that say so."""

    first: Contact
    second: Contact
    points: int
    equal: tuple[MatchField, ...]

    @property
    def named(self) -> str:
        """The equal fields in words."""
        return ", ".join(str(MATCH_FIELDS[field]) for field in self.equal)


def list_candidates(actor: Actor, kind: RuleKind, of: UUID | None = None) -> list[Candidate]:
    """Pairs of the organisation's contacts that a rule matches, the surest first; those of one contact where named."""
    actor.check(Permission.CONTACTS_MERGE)
    rule = get_rule(kind)
    pairs = list_pairs(rule.seeds, of)
    traits = list_traits({one for pair in pairs for one in pair})
    scored = [
        (*score(rule, traits[first], traits[second]), first, second)
        for first, second in pairs
        if first in traits and second in traits
    ]
    matched = sorted((one for one in scored if one[0] >= rule.threshold), key=lambda one: (-one[0], one[2]))
    shown = matched[:MOST_SHOWN]
    contacts = list_by_id({one for match in shown for one in match[2:]})
    return [
        Candidate(*_older_first(contacts[first], contacts[second]), points, equal)
        for points, equal, first, second in shown
    ]


def draft_cautions(draft: ContactDraft, organisation_id: UUID) -> Iterator[Caution]:
    """Ask before somebody is added whom the strict rule finds already. An officer is told of the own unit's alone."""
    rule = get_rule(RuleKind.STRICT)
    mine = traits_of(draft, organisation_id)
    alike = list_traits(list_alike(rule, [mine]))
    matched = [one for one in alike.values() if score(rule, mine, one)[0] >= rule.threshold]
    if matched:
        found = list_by_id([one.contact_id for one in matched if one.contact_id])
        names = ", ".join(sorted(one.name for one in found.values())[:3])
        ids = "/".join(sorted(str(one) for one in found))
        message = _(
            "This may be somebody you have already: %(names)s. Look there before you add them again.",
            names=names,
        )
        yield Caution("duplicate", "name", message, caution_key("duplicate", ids))


def erased_cautions(draft: ContactDraft, organisation_id: UUID) -> Iterator[Caution]:
    """Ask before somebody is added who was erased: it is for them to come back, not for us to bring them."""
    mine = traits_of(draft, organisation_id)
    keys = keys_of_somebody(organisation_id, {*mine.emails, *mine.phones}, mine.name, mine.postcodes)
    erased = erased_on(organisation_id, keys)
    if erased:
        message = _(
            "Somebody with these details asked to be erased, which was done on %(day)s. Add them only if they have come "
            "back to you themselves since.",
            day=longdate(max(erased.values())),
        )
        yield Caution("erased", "name", message, caution_key("erased", min(erased).hex()))


def set_apart(actor: Actor, first_id: UUID, second_id: UUID) -> bool:
    """Remember that these two are two; returns whether that changed anything."""
    actor.check(Permission.CONTACTS_MERGE)
    for one in (first_id, second_id):
        get_or_404(Contact, one)
    if first_id == second_id:
        raise NotFound
    if find_apart(first_id, second_id) is not None:
        return False
    first_id, second_id = sorted((first_id, second_id))
    db.session.add(NotDuplicate(first_id=first_id, second_id=second_id, author_label=actor.author_label))
    db.session.flush()
    record(actor, "contact.set_apart", "contact", first_id, other=str(second_id))
    return True


def propose_again(actor: Actor, first_id: UUID, second_id: UUID) -> bool:
    """Undo :func:`set_apart`; returns whether that changed anything."""
    actor.check(Permission.CONTACTS_MERGE)
    for one in (first_id, second_id):
        get_or_404(Contact, one)
    apart = find_apart(first_id, second_id)
    if apart is None:
        return False
    db.session.delete(apart)
    record(actor, "contact.proposed_again", "contact", apart.first_id, other=str(apart.second_id))
    return True


def save_rule(actor: Actor, kind: RuleKind, threshold: int, fields: Sequence[Weighted]) -> Rule:
    """The organisation's own rule from now on. Raises Forbidden, Invalid for one that could not work."""
    actor.check(Permission.CONTACTS_SETTINGS)
    rule = Rule(kind, threshold, tuple(one for one in fields if one.weight > 0))
    reason = _wrong(rule)
    if reason:
        raise Invalid(reason, threshold=reason)
    row = db.session.scalars(select(DuplicateRule).where(DuplicateRule.kind == kind)).one_or_none()
    if row is None:
        row = DuplicateRule(kind=kind)
        db.session.add(row)
    row.threshold = threshold
    row.fields = [
        {"field": str(one.field), "weight": one.weight, "length": one.length} for one in rule.fields
    ]
    db.session.flush()
    record(actor, "contacts.rule_changed", "duplicate_rule", row.id, kind=str(kind), threshold=threshold)
    return rule


def _wrong(rule: Rule) -> str:
    reason = ""
    if not 0 < rule.threshold <= HIGHEST * MOST_FIELDS:
        reason = _("Give a threshold above 0.")
    elif len(rule.fields) > MOST_FIELDS:
        reason = _("Weigh at most %(most)s fields.", most=MOST_FIELDS)
    elif not rule.can_match:
        reason = _("All weights together do not reach the threshold: nothing would match.")
    elif not rule.can_be_searched:
        reason = _(
            "Beginnings of names and postcodes reach the threshold by themselves: too many people share them. "
            "Raise the threshold, or weigh them less."
        )
    return reason


def traits_of(draft: ContactDraft, organisation_id: UUID) -> Traits:
    """What of a tidied draft is compared."""
    emails = (blind_index(organisation_id, "email", canonical_email(one.value)) for one in draft.emails)
    phones = (blind_index(organisation_id, "phone", one.value) for one in draft.phones)
    return Traits(
        None,
        fold(draft.name) or draft.name,
        frozenset(emails),
        frozenset(phones),
        frozenset(one.postcode for one in draft.addresses if one.postcode),
    )


def _older_first(one: Contact, other: Contact) -> tuple[Contact, Contact]:
    return (one, other) if (one.created_at, one.id) <= (other.created_at, other.id) else (other, one)
