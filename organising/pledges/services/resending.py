"""The mail once more, for who has lost it: the same answer whether or not the address has signed.

The public writes a row with the blind index of what was typed, and learns nothing. A job looks it up in the collector's
own rows, and writes to an address only that is there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db, find
from ...platform.languages import in_language, kept_language
from ...platform.once import send_link
from ...platform.queue import enqueue_after_commit
from ...platform.sealing import blind_index, canonical_email
from ..models import AddressChange, MailRequest, Part, Pledge, PledgeState
from ..queries import SigningPage
from ..texts import MAILS_AN_HOUR, UNCONFIRMED_DAYS
from .confirmations import UNCONFIRMED, compose_confirmation, compose_reminder

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The doorbell of a fresh row is still on its way; after two hours nobody waits for the mail any more.
FRESH, STALE = timedelta(seconds=20), timedelta(hours=2)


def ask_again(request_id: UUID, page: SigningPage, email: str) -> None:
    """Ask for the mail of whoever signed with this address; ``request_id`` is the subject that this context speaks as."""
    holder = page.collector.id
    row = {
        "organisation_id": holder,
        "id": request_id,
        "campaign_id": page.drive.campaign_id,
        "drive_id": page.drive.id,
        "email_key": blind_index(holder, "email", canonical_email(email)),
        "language": kept_language(),
        "created_at": now(),
    }
    db.session.execute(insert(MailRequest.__table__), [row])
    enqueue_after_commit(
        "organising.pledges.jobs.send_again",
        organisation_id=holder,
        row_id=request_id,
        purpose="again",
        queue="urgent",
    )


def send_again(actor: Actor, request_id: UUID) -> bool:
    """Answer one request, once; returns whether a mail left now. Runs twice without harm."""
    request = find(MailRequest, request_id)
    if request is None or request.sent_at is not None or request.refusal_code is not None:
        return False
    pledge = _find_signed(request)
    if pledge is None or _sent_lately(request) >= MAILS_AN_HOUR:
        db.session.delete(request)
        return False
    is_confirmed = pledge.state == PledgeState.CONFIRMED
    with in_language(request.language):
        mail = compose_reminder(actor, pledge) if is_confirmed else compose_confirmation(actor, pledge)
    request.language = None
    return send_link(MailRequest, request_id, mail).may_have_left


def _find_signed(request: MailRequest) -> Pledge | None:
    """What waits to be confirmed, on paper or not, comes before what is confirmed; the newest of each first."""
    statement = select(Pledge).where(
        Pledge.drive_id == request.drive_id,
        Pledge.email_key == request.email_key,
        Pledge.part == Part.COLLECTED,
        Pledge.state.in_([*UNCONFIRMED, PledgeState.CONFIRMED]),
    )
    newest = statement.order_by(Pledge.state.desc(), Pledge.created_at.desc()).limit(1)
    return db.session.scalars(newest).one_or_none()


def _sent_lately(request: MailRequest) -> int:
    same = select(func.count()).where(
        MailRequest.drive_id == request.drive_id,
        MailRequest.email_key == request.email_key,
        MailRequest.sent_at > now() - HOUR,
    )
    return db.session.scalar(same) or 0


def list_unanswered(model: type[MailRequest] | type[AddressChange]) -> Sequence[UUID]:
    """Requests of the current organisation whose doorbell was lost, or whose mail was put off."""
    at = now()
    waiting = select(model.id).where(
        model.sent_at.is_(None),
        model.refusal_code.is_(None),
        model.created_at < at - FRESH,
        model.created_at > at - STALE,
    )
    return db.session.scalars(waiting.limit(200)).all()


def forget_requests(at: datetime) -> int:
    """Delete what is no longer needed: requests after a day, addresses that nobody confirmed after the days they had."""
    total = 0
    for model, age in ((MailRequest, DAY), (AddressChange, timedelta(days=UNCONFIRMED_DAYS))):
        gone = delete(model).where(model.created_at < at - age)
        done: Any = db.session.execute(gone.execution_options(synchronize_session=False))
        total += int(done.rowcount)
    return total
