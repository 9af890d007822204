"""Objection and restriction: what a contact bears, and lists, exports and mailings obey."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from organising.contacts.models import Contact
from organising.mailings.models import SuppressedFor, Suppression
from organising.mailings.services.suppressions import suppress
from organising.platform.actor import Actor
from organising.platform.audit import record
from organising.platform.clock import now
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict
from organising.platform.permissions import Permission
from organising.rights.models import RequestKind
from organising.rights.services import requests
from organising.rights.services.subjects import subject_of, subject_of_contact

FLAGS = {
    RequestKind.RESTRICTION: ("restricted_at", SuppressedFor.RESTRICTED),
    RequestKind.OBJECTION: ("objected_at", SuppressedFor.OBJECTED),
}


def obey(actor: Actor, request_id: UUID) -> int:
    """Do what an objection or a restriction asks: no mail from now on, and every contact of theirs says so.

    Returns how many contacts bear it. Raises :class:`Conflict` for another kind, or before anybody knows who they are.
    """
    request = requests.open_for_work(actor, request_id)
    if RequestKind(request.kind) not in FLAGS:
        raise Conflict(_("This request is about something else."))
    if request.kind == RequestKind.RESTRICTION:
        requests.need_identity(request)
    column, reason = FLAGS[RequestKind(request.kind)]
    subject = subject_of(actor, request)
    at = now()
    _put(subject.contact_ids, column, at)
    for email in subject.emails:
        suppress(actor.organisation_id, email, reason)
    record(
        actor,
        "rights.obeyed",
        requests.SUBJECT,
        request.id,
        kind=request.kind,
        contacts=len(subject.contact_ids),
    )
    return len(subject.contact_ids)


def lift(actor: Actor, contact_id: UUID, kind: str) -> Contact:
    """Take a flag off again, with what it kept from being sent. Twice is no fault."""
    actor.check(Permission.RIGHTS_DESK)
    contact = get_or_404(Contact, contact_id)
    column, reason = FLAGS[RequestKind(kind)]
    subject = subject_of_contact(actor, contact)
    if getattr(contact, column) is not None:
        _put(subject.contact_ids, column, None)
        gone = delete(Suppression).where(
            Suppression.email_key.in_(list(subject.keys)), Suppression.reason == reason
        )
        db.session.execute(gone.execution_options(synchronize_session=False))
        record(actor, "rights.lifted", "contact", contact.id, kind=kind)
    return contact


def _put(contact_ids: frozenset[UUID], column: str, at: datetime | None) -> None:
    for contact in db.session.scalars(select(Contact).where(Contact.id.in_(contact_ids))):
        if at is None or getattr(contact, column) is None:
            setattr(contact, column, at)
    db.session.flush()
