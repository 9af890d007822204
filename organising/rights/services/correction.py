"""Putting right what is kept of a contact, as they asked."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from organising.contacts.models import Contact
from organising.contacts.services import ContactDraft, DetailDraft
from organising.contacts.services.keeping import edit_contact, kept_values
from organising.platform.actor import Actor
from organising.platform.audit import record
from organising.platform.db import get_or_404
from organising.platform.errors import Conflict, Invalid
from organising.rights.models import RightsRequest
from organising.rights.services import requests

# What is put right here; all else on the contact's own page.
FIELDS = ("name", "email", "phone", "postcode")
SEVERAL = {"email": "emails", "phone": "phones", "postcode": "addresses"}


def correct(actor: Actor, request_id: UUID, field: str, wrong: str, right: str) -> RightsRequest:
    """Put one thing right on the contact. ``wrong``: which of several it was; empty adds another. Raises Invalid, Conflict."""
    request = requests.open_for_work(actor, request_id)
    requests.need_identity(request)
    if request.contact_id is None:
        raise Conflict(_("First say which contact it is about."))
    if field not in FIELDS or not right.strip():
        raise Invalid(_("Say what is right."), right=_("Write what is right."))
    contact = get_or_404(Contact, request.contact_id)
    values = kept_values(contact)
    values = _name(values, right) if field == "name" else _detail(values, field, wrong.strip(), right.strip())
    draft = ContactDraft(submission_key=contact.submission_key, **values)
    try:
        edit_contact(actor, contact.id, draft, version=contact.version, confirmed=ALL_SEEN)
    except Invalid as invalid:
        raise Invalid(invalid.message, right=" ".join(map(str, invalid.details.values()))) from None
    record(actor, "rights.corrected", requests.SUBJECT, request.id, field=field)
    return request


class _All(frozenset[str]):
    """Every question counts as answered: what is put right here was typed for this one purpose."""

    def __contains__(self, key: object) -> bool:
        return True


ALL_SEEN = _All()


def _name(values: dict[str, Any], right: str) -> dict[str, Any]:
    return values | {"name": right}


def _detail(values: dict[str, Any], field: str, wrong: str, right: str) -> dict[str, Any]:
    group, named = SEVERAL[field], "postcode" if field == "postcode" else "value"
    kept = list(values[group])
    if not wrong:
        more = DetailDraft(postcode=right) if named == "postcode" else DetailDraft(right)
        return values | {group: (*kept, more)}
    place = next(
        (n for n, one in enumerate(kept) if getattr(one, named).casefold() == wrong.casefold()), None
    )
    if place is None:
        raise Invalid(_("It is not there."), wrong=_("This is not what is kept. Copy it from the contact."))
    kept[place] = replace(kept[place], **{named: right})
    return values | {group: tuple(kept)}
