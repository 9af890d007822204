"""Asking somebody by email whether they agree (double opt-in), and what they answer by its link: yes, or that it was not them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from organising.contacts.models import (
    ConsentChannel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    Contact,
    ContactConsent,
    ContactDetail,
    DetailKind,
)
from organising.contacts.queries.consents import list_decisions, list_standing
from organising.contacts.queries.contacts import find_whole, list_details
from organising.contacts.services.consents import wording_of
from organising.contacts.services.keeping import open_contact
from organising.mailings.models import SuppressedFor
from organising.mailings.services.stops import stopped_among
from organising.mailings.services.suppressions import hash_address, suppress, suppressed_since
from organising.outreach.models import MAILED, ConsentRequest, RequestKind, RequestState
from organising.outreach.queries.requests import count_requests_since, find_pending
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, find, new_id
from organising.platform.errors import Invalid, NotFound
from organising.platform.languages import OTHERS
from organising.platform.queue import enqueue_after_commit

from .mails import request_mail
from .stopping import THEMSELVES, end_email

SEND = "organising.outreach.jobs.send_requests"
ANSWERABLE = timedelta(days=30)
# So often may one contact be written to with a question, and so often with a fresh link.
MOST_QUESTIONS, QUESTIONS_WITHIN = 2, timedelta(days=90)
MOST_LINKS, LINKS_WITHIN = 3, timedelta(days=1)


def ask_to_confirm(
    actor: Actor, contact_id: UUID, purposes: Collection[str], *, submission_key: UUID
) -> ConsentRequest:
    """Ask a contact by email whether they agree to these purposes. The same form sent twice asks once.

    Nobody is asked who said no, or who wants no mail. Raises NotFound, Conflict, Invalid by field.
    """
    contact = open_contact(actor, contact_id)
    statement = select(ConsentRequest).where(ConsentRequest.submission_key == submission_key)
    before = db.session.scalars(statement).one_or_none()
    if before is not None:
        return before
    asked = [one for one in MAILED if one in purposes]
    detail = first_email(contact.id)
    _check(actor, contact, asked, detail)
    assert detail is not None
    request = ConsentRequest(
        kind=RequestKind.CONFIRM,
        contact_id=contact.id,
        email_key=detail.value_key,
        asked_by=actor.user_id,
        author_label=actor.author_label,
        submission_key=submission_key,
        confirmation_due_at=now(),
        confirmation_language=_language_of(contact),
        **{f"{one}_wording_id": wording_of(actor, one).id for one in asked},
    )
    _send_soon(actor, request)
    audit.record(actor, "consent.asked", "contact", contact.id, purposes=[str(one) for one in asked])
    return request


def send_fresh_link(actor: Actor, contact_id: UUID, language: str | None) -> bool:
    """Mail a contact a fresh link to their own page, as who holds an old one asked; returns whether that is due."""
    contact, detail = find(Contact, contact_id), first_email(contact_id)
    if contact is None or detail is None:
        return False
    if count_requests_since(contact_id, RequestKind.LINK, now() - LINKS_WITHIN) >= MOST_LINKS:
        return False
    _send_soon(
        actor,
        ConsentRequest(
            kind=RequestKind.LINK,
            contact_id=contact.id,
            email_key=detail.value_key,
            author_label=THEMSELVES,
            submission_key=new_id(),
            confirmation_due_at=now(),
            confirmation_language=language,
        ),
    )
    return True


def _send_soon(actor: Actor, request: ConsentRequest) -> None:
    db.session.add(request)
    db.session.flush()
    enqueue_after_commit(
        SEND, organisation_id=actor.organisation_id, purpose="ask_consent", queue="urgent", once=True
    )


def send_request(actor: Actor, request_id: UUID) -> bool:
    """Send one mail; returns whether it left now. To nobody whose address changed, or who asked to be left alone."""
    request = find(ConsentRequest, request_id)
    if request is None or request.state != RequestState.PENDING or request.confirmation_sent_at is not None:
        return False
    address = address_of(request)
    if address is None or (
        request.kind == RequestKind.CONFIRM and not _may_be_asked(actor, request, address)
    ):
        request.confirmation_refused_at = now()
        return False
    return request.send_confirmation(request_mail(actor, request, address)).may_have_left


def confirm(actor: Actor, request_id: UUID) -> ConsentRequest:
    """They agree: a yes by email to each purpose asked for, in the words that they were shown. Done twice, it is one.

    Raises NotFound; Invalid for a question that is too old.
    """
    request = _open(request_id)
    if not is_answerable(request) or not request.answer(RequestState.CONFIRMED, now()):
        return request
    key, contact_id = new_id(), _whole(request).id
    for purpose, wording_id in request.wordings.items():
        _write(contact_id, purpose, ConsentDecision.GIVEN, ConsentSource.CONFIRMED, key, wording_id)
    db.session.flush()
    audit.record(actor, "consent.confirmed", "contact", contact_id)
    return request


def disown(actor: Actor, request_id: UUID) -> ConsentRequest:
    """It was not them: what was asked is a no, every yes to email ends, and the address is written to no more.

    Kept as such: what was disowned can't be confirmed any more. Raises NotFound.
    """
    request = _open(request_id)
    if not request.answer(RequestState.DISOWNED, now()):
        return request
    contact_id = _whole(request).id
    end_email(actor, contact_id, ConsentSource.NOT_ME)
    standing, key = list_standing(list_decisions(contact_id)), new_id()
    for purpose in request.wordings:
        if (purpose, ConsentChannel.EMAIL) not in standing:
            _write(contact_id, purpose, ConsentDecision.REFUSED, ConsentSource.NOT_ME, key, None)
    address = address_of(request)
    if address is not None:
        suppress(actor.organisation_id, address, SuppressedFor.UNSUBSCRIBED)
    db.session.flush()
    audit.record(actor, "consent.disowned", "contact", contact_id)
    return request


def is_answerable(request: ConsentRequest) -> bool:
    """Whether it is young enough to be agreed to."""
    return now() - request.created_at <= ANSWERABLE


def address_of(request: ConsentRequest) -> str | None:
    """Where it goes, while the contact still has that address."""
    statement = select(ContactDetail).where(
        ContactDetail.contact_id == request.contact_id, ContactDetail.value_key == request.email_key
    )
    detail = db.session.scalars(statement.limit(1)).one_or_none()
    return detail.value if detail is not None else None


def address_mailed(contact_id: UUID, key: bytes) -> str | None:
    """The address of a contact that a link was mailed to, by what the link says of its key."""
    details = list_details([contact_id]).get(contact_id, [])
    return next(
        (one.value for one in details if one.value_key is not None and one.value_key[: len(key)] == key), None
    )


def first_email(contact_id: UUID) -> ContactDetail | None:
    """The address that a contact is written to first, of those that hold today."""
    on = today()
    return next(
        (
            one
            for one in list_details([contact_id]).get(contact_id, [])
            if one.kind == DetailKind.EMAIL and one.holds(on)
        ),
        None,
    )


def _write(
    contact_id: UUID,
    purpose: ConsentPurpose,
    decision: ConsentDecision,
    source: ConsentSource,
    key: UUID,
    wording_id: UUID | None,
) -> None:
    latest = db.session.scalar(
        select(func.max(ContactConsent.decided_at)).where(
            ContactConsent.contact_id == contact_id,
            ContactConsent.purpose == purpose,
            ContactConsent.channel == ConsentChannel.EMAIL,
        )
    )
    db.session.add(
        ContactConsent(
            contact_id=contact_id,
            purpose=purpose,
            channel=ConsentChannel.EMAIL,
            decision=decision,
            wording_id=wording_id,
            decided_at=max(now(), latest) if latest else now(),
            source=source,
            author_label=THEMSELVES,
            submission_key=key,
        )
    )


def _open(request_id: UUID) -> ConsentRequest:
    statement = select(ConsentRequest).where(
        ConsentRequest.id == request_id, ConsentRequest.kind == RequestKind.CONFIRM
    )
    request = db.session.scalars(statement.with_for_update()).one_or_none()
    if request is None:
        raise NotFound
    return request


def _whole(request: ConsentRequest) -> Contact:
    """Whose answer it is: of one that was merged since, the one they are part of."""
    contact = find_whole(request.contact_id)
    if contact is None:
        raise NotFound
    return contact


def _check(
    actor: Actor, contact: Contact, asked: Collection[ConsentPurpose], detail: ContactDetail | None
) -> None:
    wrong: dict[str, str] = {}
    said = _said(contact.id, asked)
    if not asked:
        wrong["purposes"] = _("Tick what you ask about.")
    elif any(not one.lets_write for one in said):
        wrong["purposes"] = _(
            "They said no to one of these. They can change that themselves, and nobody asks them again."
        )
    elif ConsentDecision.GIVEN in said:
        wrong["purposes"] = _("They have said yes to one of these already.")
    elif detail is None or detail.value is None:
        wrong["purposes"] = _("There is no email address that holds today.")
    elif contact.is_held_back or _is_suppressed(actor, detail.value):
        wrong["purposes"] = _(
            "This address is not to be written to: it came back, or its holder asked for no more."
        )
    elif find_pending(contact.id, now() - ANSWERABLE) is not None:
        wrong["purposes"] = _("They were asked already, and have not answered.")
    elif count_requests_since(contact.id, RequestKind.CONFIRM, now() - QUESTIONS_WITHIN) >= MOST_QUESTIONS:
        wrong["purposes"] = _("They were asked twice within three months. Let them be.")
    if wrong:
        raise Invalid(_("They were not asked."), **wrong)


def _may_be_asked(actor: Actor, request: ConsentRequest, address: str) -> bool:
    """Whether nothing speaks against it as it stands now, be it said after the question was put."""
    contact = find(Contact, request.contact_id)
    if contact is None or contact.archived_at is not None or contact.is_held_back:
        return False
    if any(not one.lets_write for one in _said(contact.id, request.wordings)):
        return False
    return not _is_suppressed(actor, address) and address not in stopped_among([address])


def _said(contact_id: UUID, purposes: Collection[ConsentPurpose]) -> list[ConsentDecision]:
    """What they decided about these purposes by email, where they did."""
    standing = list_standing(list_decisions(contact_id))
    decided = (standing.get((one, ConsentChannel.EMAIL)) for one in purposes)
    return [ConsentDecision(one.consent.decision) for one in decided if one is not None]


def _is_suppressed(actor: Actor, address: str) -> bool:
    return bool(suppressed_since(actor.organisation_id, [hash_address(address)]))


def _language_of(contact: Contact) -> str | None:
    language = contact.language
    return language if language in OTHERS else None


def asked_until(request: ConsentRequest) -> datetime:
    """Until when it can be answered with yes."""
    return request.created_at + ANSWERABLE
