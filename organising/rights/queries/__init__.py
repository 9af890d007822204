"""Reading requests: who waits, since when, and by when they have to be answered."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from organising.contacts.models import Contact, ContactDetail
from organising.platform.audit import AuditEvent
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.representatives.names import fold
from organising.rights.clock import Times
from organising.rights.models import RequestState, RightsMail, RightsPause, RightsRequest

SOON = 7
GIVE_UP = timedelta(days=2)
MOST_OPEN = 500


@dataclass(frozen=True)
class Waiting:
    """An open request with its clock."""

    request: RightsRequest
    times: Times
    on: date

    @property
    def days_left(self) -> int | None:
        """Days until it is due, negative once it is late; ``None`` while something is awaited."""
        return self.times.days_left(self.on)

    @property
    def is_late(self) -> bool:
        """Whether its day is over."""
        return self.days_left is not None and self.days_left < 0


def get_request(request_id: UUID, *, lock: bool = False) -> RightsRequest:
    """One of the organisation's requests that is no longer only typed. Raises :class:`NotFound`."""
    request = get_or_404(RightsRequest, request_id)
    if request.state == RequestState.UNCONFIRMED:
        raise NotFound
    if lock:
        locked = select(RightsRequest).where(RightsRequest.id == request_id).with_for_update()
        request = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    return request


def list_pauses(request_ids: Collection[UUID]) -> dict[UUID, list[RightsPause]]:
    """The pauses of these requests, by request, in their order."""
    found: dict[UUID, list[RightsPause]] = defaultdict(list)
    statement = select(RightsPause).where(RightsPause.request_id.in_(request_ids))
    for one in db.session.scalars(statement.order_by(RightsPause.started_on, RightsPause.created_at)):
        found[one.request_id].append(one)
    return found


def get_times(request: RightsRequest) -> Times:
    """The clock of one request."""
    return request.times(list_pauses([request.id])[request.id])


def list_waiting() -> list[Waiting]:
    """Open requests, the most urgent first; those whose clock stands come last."""
    open_ones = (
        select(RightsRequest)
        .where(RightsRequest.state == RequestState.OPEN)
        .order_by(RightsRequest.received_on, RightsRequest.number)
        .limit(MOST_OPEN)
    )
    requests = db.session.scalars(open_ones).all()
    pauses, on = list_pauses([one.id for one in requests]), today()
    waiting = [Waiting(one, one.times(pauses[one.id]), on) for one in requests]
    return sorted(waiting, key=lambda one: one.times.due_on or date.max)


@dataclass(frozen=True)
class OpenRequests:
    """How many requests are open, how many of those are due within a week, and how many of these are late."""

    open: int
    soon: int
    late: int


def count_open() -> OpenRequests:
    """The open requests, counted for *Today*."""
    waiting = list_waiting()
    soon = [one for one in waiting if one.days_left is not None and one.days_left <= SOON]
    return OpenRequests(len(waiting), len(soon), sum(one.is_late for one in soon))


def list_ended() -> Select[RightsRequest]:
    """Requests that are over, to be paged."""
    ended = (RequestState.DONE, RequestState.REFUSED, RequestState.DROPPED)
    return select(RightsRequest).where(RightsRequest.state.in_(ended))


def next_number() -> int:
    """The number of the organisation's next request; ask under its lock."""
    return (db.session.scalar(select(func.max(RightsRequest.number))) or 0) + 1


def list_contacts_with(email_key: bytes | None) -> Sequence[Contact]:
    """Contacts with this address that are not merged into another."""
    if email_key is None:
        return ()
    bears = exists().where(
        ContactDetail.organisation_id == Contact.organisation_id,
        ContactDetail.contact_id == Contact.id,
        ContactDetail.value_key == email_key,
    )
    found = select(Contact).where(bears, Contact.merged_into_id.is_(None)).order_by(Contact.sort_key)
    return db.session.scalars(found.limit(20)).all()


def list_contacts_named(name: str) -> Sequence[Contact]:
    """Contacts of exactly this name, whatever its capitals and accents, that are not merged into another."""
    found = select(Contact).where(Contact.sort_key == (fold(name) or name), Contact.merged_into_id.is_(None))
    return db.session.scalars(found.order_by(Contact.created_at).limit(20)).all()


def list_deeds(request_id: UUID) -> Sequence[AuditEvent]:
    """What was done about a request, the first first."""
    statement = (
        select(AuditEvent)
        .where(AuditEvent.subject_id == request_id, AuditEvent.subject_type == "rights_request")
        .order_by(AuditEvent.created_at)
    )
    return db.session.scalars(statement).all()


def list_mail(request_id: UUID) -> Sequence[RightsMail]:
    """What the desk wrote about a request."""
    statement = select(RightsMail).where(RightsMail.request_id == request_id).order_by(RightsMail.created_at)
    return db.session.scalars(statement).all()


def list_unsent(before: datetime) -> Sequence[UUID]:
    """Messages of the current organisation that no doorbell has brought away, or that were put off; for two days."""
    statement = select(RightsMail.id).where(
        RightsMail.sent_at.is_(None),
        RightsMail.refusal_code.is_(None),
        RightsMail.address_cipher.is_not(None),
        RightsMail.created_at < before,
        RightsMail.created_at > before - GIVE_UP,
    )
    return db.session.scalars(statement.limit(200)).all()


def count_asked_since(email_key: bytes, since: datetime) -> int:
    """How many confirmation mails went to an address since a moment."""
    statement = select(func.count()).where(
        RightsRequest.email_key == email_key, RightsRequest.confirmation_sent_at > since
    )
    return db.session.scalar(statement) or 0


def list_old_unconfirmed(at: datetime, days: int) -> Sequence[RightsRequest]:
    """What was typed and never confirmed."""
    statement = select(RightsRequest).where(
        RightsRequest.state == RequestState.UNCONFIRMED, RightsRequest.created_at < at - timedelta(days=days)
    )
    return db.session.scalars(statement).all()


def list_to_forget(at: datetime, days: int) -> Sequence[RightsRequest]:
    """Requests that have been over for so long that who asked is needed no more."""
    statement = select(RightsRequest).where(
        RightsRequest.ended_at < at - timedelta(days=days), RightsRequest.details_removed_at.is_(None)
    )
    return db.session.scalars(statement).all()


def list_mail_to_forget(at: datetime) -> Sequence[RightsMail]:
    """Receipts that could not be brought to anybody for days, and mail of requests that name nobody any more."""
    over = select(RightsRequest.id).where(RightsRequest.details_removed_at.is_not(None))
    statement = select(RightsMail).where(
        RightsMail.request_id.in_(over),
        RightsMail.address_cipher.is_not(None),
        RightsMail.created_at < at - 2 * GIVE_UP,
    )
    return db.session.scalars(statement).all()
