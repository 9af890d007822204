"""A request from its first line to its answer: opened, confirmed, checked, paused, extended, ended."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import insert

from organising.contacts.models import Contact
from organising.platform.actor import Actor
from organising.platform.audit import record
from organising.platform.clock import now, today
from organising.platform.db import db, find, get_or_404, new_id
from organising.platform.errors import Conflict, Invalid
from organising.platform.languages import kept_language
from organising.platform.locks import take_turns
from organising.platform.people import find_all
from organising.platform.permissions import Permission
from organising.platform.queue import enqueue_after_commit
from organising.platform.sealing import blind_index, canonical_email, seal_field
from organising.rights.models import (
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_WORDS,
    CameBy,
    IdentityBy,
    MailKind,
    PauseReason,
    RequestKind,
    RequestState,
    RightsMail,
    RightsPause,
    RightsRequest,
)
from organising.rights.queries import get_request, get_times, list_contacts_with, list_pauses, next_number
from organising.rights.services.subjects import subject_of

SUBJECT = "rights_request"


@dataclass(frozen=True)
class Asked:
    """What somebody asks, as typed on the public page or by a colleague."""

    kind: str
    name: str
    email: str = ""
    words: str = ""


def ask(request_id: UUID, organisation_id: UUID, asked: Asked) -> None:
    """Keep what the public typed, unconfirmed, and ring for the mail. The same writes whoever is known.

    ``request_id`` is the subject that this context speaks as.
    """
    session, at = db.session(), now()
    sealed = {
        f"{name}_cipher": seal_field(session, organisation_id, SUBJECT, f"{name}_cipher", request_id, value)
        for name, value in (
            ("name", asked.name),
            ("email", asked.email),
            ("words", asked.words),
            ("language", kept_language()),
        )
        if value
    }
    row = {
        "organisation_id": organisation_id,
        "id": request_id,
        "kind": asked.kind,
        "state": RequestState.UNCONFIRMED,
        "came_by": CameBy.PAGE,
        "email_key": _key(organisation_id, asked.email),
        "received_on": today(),
        "author_label": "",
        "by_name": False,
        "left_out": [],
        "link_version": 0,
        "confirmation_due_at": at,
        "confirmation_tries": 0,
        "confirmation_language": kept_language(),
        "created_at": at,
    }
    db.session.execute(insert(RightsRequest.__table__), [row | sealed])
    enqueue_after_commit(
        "organising.rights.jobs.send_confirmations",
        organisation_id=organisation_id,
        purpose="rights_confirmation",
        queue="urgent",
        once=True,
    )


def confirm(actor: Actor, request: RightsRequest) -> bool:
    """The address said yes: it is a request from now on. Returns whether that changed anything.

    Where the address stands at one contact, that is who they are: whoever reads its mail has confirmed it.
    """
    if request.state != RequestState.UNCONFIRMED:
        return False
    take_turns("rights requests", actor.organisation_id)
    at = now()
    request.state, request.number, request.confirmed_at = RequestState.OPEN, next_number(), at
    request.confirmation_language = None
    known = list_contacts_with(request.email_key)
    if len(known) == 1:
        request.contact_id = known[0].id
    if known or _signed_with(actor, request):
        request.identity_by, request.identity_at = IdentityBy.MAIL, at
    if today() > request.received_on:
        # What was needed to know that it is them came on a later day than the request.
        db.session.add(
            RightsPause(
                request_id=request.id,
                reason=PauseReason.IDENTITY,
                started_on=request.received_on,
                ended_on=today(),
            )
        )
    record(actor, "rights.asked", SUBJECT, request.id, kind=request.kind, number=request.number)
    return True


def _signed_with(actor: Actor, request: RightsRequest) -> bool:
    """Whether another domain holds something under this address: then its mail proves as much."""
    found = find_all(actor, subject_of(actor, request))
    return any(name != "rights" for name in found)


def take_back(actor: Actor, request: RightsRequest) -> bool:
    """ "This wasn't me": what was typed goes at once. Returns whether there was anything to take back."""
    if request.state != RequestState.UNCONFIRMED:
        return False
    db.session.delete(request)
    db.session.flush()
    return True


def open_request(
    actor: Actor,
    asked: Asked,
    *,
    came_by: str,
    received_on: date | None,
    contact_id: UUID | None = None,
) -> RightsRequest:
    """Write down what somebody asked by post, phone or face to face. Raises :class:`Invalid` by field."""
    actor.check(Permission.RIGHTS_DESK)
    wrong = _wrong(asked, came_by, received_on)
    if contact_id is not None and find(Contact, contact_id) is None:
        wrong["contact_id"] = _("Choose a contact from the list.")
    if wrong:
        raise Invalid(_("The request was not kept yet."), **wrong)
    assert received_on is not None
    take_turns("rights requests", actor.organisation_id)
    request = RightsRequest(
        organisation_id=actor.organisation_id,
        number=next_number(),
        kind=asked.kind,
        state=RequestState.OPEN,
        came_by=came_by,
        received_on=received_on,
        contact_id=contact_id,
        author_label=actor.author_label,
        left_out=[],
    )
    request.name = asked.name.strip()
    if asked.email:
        request.email = asked.email
        request.email_key = _key(actor.organisation_id, asked.email)
    if asked.words:
        request.words = asked.words
    db.session.add(request)
    db.session.flush()
    record(actor, "rights.opened", SUBJECT, request.id, kind=request.kind, number=request.number)
    return request


def _wrong(asked: Asked, came_by: str, received_on: date | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if asked.kind not in set(RequestKind):
        wrong["kind"] = _("Choose what they ask for.")
    if came_by not in set(CameBy) - {CameBy.PAGE}:
        wrong["came_by"] = _("Choose how it came.")
    if not asked.name.strip():
        wrong["name"] = _("Write their name.")
    if len(asked.name) > LONGEST_NAME:
        wrong["name"] = _("Use at most %(most)s characters.", most=LONGEST_NAME)
    if len(asked.words) > LONGEST_WORDS:
        wrong["words"] = _("Use at most %(most)s characters.", most=LONGEST_WORDS)
    if received_on is None:
        wrong["received_on"] = _("Write the day on which it reached anybody at your organisation.")
    elif received_on > today():
        wrong["received_on"] = _("That day is still to come.")
    return wrong


def link_contact(actor: Actor, request_id: UUID, contact_id: UUID | None) -> RightsRequest:
    """Say which contact it is about, or none. What rested on another contact's address is checked anew."""
    request = _open(actor, request_id)
    if contact_id is not None:
        get_or_404(Contact, contact_id)
    if request.contact_id != contact_id:
        request.contact_id = contact_id
        request.link_version += 1
        bears = {one.id for one in list_contacts_with(request.email_key)}
        if request.identity_by == IdentityBy.MAIL and contact_id is not None and contact_id not in bears:
            request.identity_by = request.identity_at = None
        record(actor, "rights.linked", SUBJECT, request.id)
    return request


def check_identity(actor: Actor, request_id: UUID, by: str) -> RightsRequest:
    """Note that and how a colleague made sure who they are; what was looked at is not kept. Ends a pause for it."""
    request = _open(actor, request_id)
    if by not in set(IdentityBy) - {IdentityBy.MAIL}:
        raise Invalid(_("Say how."), identity_by=_("Choose how you made sure."))
    request.identity_by, request.identity_at, request.identity_label = by, now(), actor.author_label
    pause = _lasting(request)
    if pause is not None and pause.reason == PauseReason.IDENTITY:
        pause.ended_on = today()
    record(actor, "rights.identity_checked", SUBJECT, request.id, by=by)
    return request


def pause(actor: Actor, request_id: UUID, reason: str) -> RightsPause:
    """Stop the clock, as something is awaited from the person. Raises :class:`Conflict` where it stands already."""
    request = _open(actor, request_id)
    if reason not in set(PauseReason):
        raise Invalid(_("Say what is awaited."), reason=_("Choose what you wait for."))
    if _lasting(request) is not None:
        raise Conflict(_("The clock stands already."))
    if reason == PauseReason.IDENTITY and request.identity_at is not None:
        raise Conflict(_("You have made sure already who they are."))
    stopped = RightsPause(request_id=request.id, reason=reason, started_on=today())
    db.session.add(stopped)
    record(actor, "rights.paused", SUBJECT, request.id, reason=reason)
    db.session.flush()
    return stopped


def resume(actor: Actor, request_id: UUID) -> RightsRequest:
    """What was awaited came today: the clock runs on. Twice is no fault."""
    request = _open(actor, request_id)
    lasting = _lasting(request)
    if lasting is not None:
        lasting.ended_on = today()
        record(actor, "rights.resumed", SUBJECT, request.id, reason=lasting.reason)
    return request


def extend(actor: Actor, request_id: UUID, reason: str) -> RightsRequest:
    """Take two months more, within the first, and tell the person why."""
    request = _open(actor, request_id)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(
            _("Say why."),
            reason=_("Write why it takes longer: the person is told.")
            if not reason
            else _("Use at most %(most)s characters.", most=LONGEST_REASON),
        )
    until = get_times(request).extend_until
    if request.extended_on is not None:
        raise Conflict(_("It was extended already."))
    if until is None or until < today():
        raise Conflict(_("It can be extended only within its first month, while the clock runs."))
    request.extended_on, request.reason = today(), reason
    record(actor, "rights.extended", SUBJECT, request.id)
    db.session.flush()
    write(
        request,
        MailKind.ANSWER,
        _(
            "We need more time for your request of %(day)s, two months more at most, because: %(reason)s",
            day=format_date(request.received_on, "long"),
            reason=reason,
        ),
    )
    return request


def end(actor: Actor, request_id: UUID, outcome: str, answer: str) -> RightsRequest:
    """Close it with what the person is told: done without a word of ours, they are told just that, and where they
    can complain. Raises :class:`Invalid`, :class:`Conflict`.
    """
    request = _open(actor, request_id)
    answer = answer.strip()
    if outcome not in (RequestState.DONE, RequestState.REFUSED, RequestState.DROPPED):
        raise Invalid(_("Say how it ends."), outcome=_("Choose how it ends."))
    if outcome == RequestState.REFUSED and not answer:
        raise Invalid(_("Say why."), answer=_("Write why: the person is told, and how to complain."))
    if len(answer) > LONGEST_WORDS:
        raise Invalid(_("It is too long."), answer=_("Use at most %(most)s characters.", most=LONGEST_WORDS))
    if answer:
        request.answer = answer
    lasting = _lasting(request)
    if lasting is not None:
        lasting.ended_on = today()
    request.end(RequestState(outcome), now())
    record(actor, "rights.ended", SUBJECT, request.id, outcome=outcome)
    db.session.flush()
    if outcome != RequestState.DROPPED:
        done = _("What you asked on %(day)s is done.", day=format_date(request.received_on, "long"))
        write(request, MailKind.ANSWER, answer or done)
    return request


def write(
    request: RightsRequest, kind: MailKind, words: str = "", *, address: str | None = None
) -> RightsMail | None:
    """Put a message to the person on its way; ``None`` where no address of theirs is known."""
    address = address or request.email
    if not address:
        return None
    mail = RightsMail(request_id=request.id, kind=kind, id=new_id())
    mail.address, mail.language = address, request.language
    if words:
        mail.words = words
    db.session.add(mail)
    db.session.flush()
    enqueue_after_commit(
        "organising.rights.jobs.send_mail",
        organisation_id=request.organisation_id,
        row_id=mail.id,
        purpose="rights_mail",
        queue="urgent",
    )
    return mail


def need_identity(request: RightsRequest) -> None:
    """Raise :class:`Conflict` until somebody has made sure who they are."""
    if request.identity_at is None:
        raise Conflict(_("First make sure that they are who they say."))


def open_for_work(actor: Actor, request_id: UUID) -> RightsRequest:
    """The request, locked, for another service of the desk. Raises Forbidden, NotFound, Conflict once it is over."""
    return _open(actor, request_id)


def _open(actor: Actor, request_id: UUID) -> RightsRequest:
    actor.check(Permission.RIGHTS_DESK)
    request = get_request(request_id, lock=True)
    if not request.is_open:
        raise Conflict(_("This request is over."))
    return request


def _lasting(request: RightsRequest) -> RightsPause | None:
    return next((one for one in list_pauses([request.id])[request.id] if one.ended_on is None), None)


def _key(organisation_id: UUID, email: str) -> bytes:
    return blind_index(organisation_id, "email", canonical_email(email))
