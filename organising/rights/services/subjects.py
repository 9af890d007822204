"""Who somebody is to an organisation: the addresses, numbers and names under which its domains hold them."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _

from organising.contacts.held import find_contacts
from organising.contacts.models import Contact, DetailKind
from organising.contacts.queries.contacts import list_details
from organising.contacts.queries.duplicates import list_by_id
from organising.contacts.services.searching import Filters, search_contacts
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.people import Subject, keys_of
from organising.platform.sealing import canonical_email
from organising.rights.models import RightsRequest
from organising.rights.queries import list_contacts_named, list_contacts_with

MOST_FOUND = 20


def subject_of(actor: Actor, request: RightsRequest) -> Subject:
    """The person of a request: by the address that they confirmed or gave, and all that their contact holds."""
    contacts = frozenset([request.contact_id]) if request.contact_id else frozenset()
    emails = {canonical_email(request.email)} if request.email else set()
    subject = _subject(actor, request, contacts, emails)
    # Contacts with the same address, and those merged with them, may hold further addresses.
    found = find_contacts(actor, subject)["contact"]
    return _subject(actor, request, found, emails)


def subject_of_contact(actor: Actor, contact: Contact) -> Subject:
    """The person whom one contact is about."""
    return _subject(actor, None, frozenset([contact.id]), set())


def list_likely(request: RightsRequest) -> list[Contact]:
    """Whom a request may be about: first those of its very name, then those with its address."""
    named = list_contacts_named(request.name) if request.name else ()
    return [*named, *list_contacts_with(request.email_key)]


def search_for(actor: Actor, words: str) -> list[Contact]:
    """Whom a colleague's words find among the contacts, those put away included."""
    found: list[Contact] = []
    for archived in (False, True):
        some = search_contacts(actor, Filters(words=words, archived=archived)).order_by(Contact.sort_key)
        found += db.session.scalars(some.limit(MOST_FOUND))
    return found


def describe_contacts(contacts: Collection[Contact]) -> list[tuple[UUID, str]]:
    """Contacts with what tells two of one name apart: addresses, numbers and postcodes, and that they are put away."""
    details = list_details([one.id for one in contacts])
    told = []
    for one in contacts:
        kept = [
            (each.postcode if each.kind == DetailKind.ADDRESS else each.value)
            for each in details.get(one.id, [])
        ]
        more = [_("archived")] if one.archived_at else []
        told.append((one.id, ", ".join([one.name, *(each for each in kept if each), *more])))
    return told


def _subject(actor: Actor, request: RightsRequest | None, contacts: frozenset, emails: set[str]) -> Subject:  # type: ignore[type-arg]
    details = [one for kept in list_details(contacts).values() for one in kept]
    emails = emails | {
        canonical_email(one.value) for one in details if one.kind == DetailKind.EMAIL and one.value
    }
    phones = {one.value for one in details if one.kind == DetailKind.PHONE and one.value}
    names = {one.name for one in list_by_id(contacts).values()}
    if request is not None and request.name:
        names.add(request.name)
    return Subject(
        organisation_id=actor.organisation_id,
        contact_ids=contacts,
        emails=frozenset(emails),
        phones=frozenset(phones),
        names=frozenset(names),
        postcodes=frozenset(one.postcode for one in details if one.postcode),
        keys=keys_of(actor.organisation_id, emails, phones),
        by_name=bool(request and request.by_name),
    )
