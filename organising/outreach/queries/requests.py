"""What contacts were asked by email."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from organising.contacts.models import ConsentWording
from organising.outreach.models import ConsentRequest, RequestKind, RequestState
from organising.platform.db import db


def list_requests(contact_id: UUID) -> Sequence[ConsentRequest]:
    """Questions to a contact, the latest first."""
    statement = (
        select(ConsentRequest)
        .where(ConsentRequest.contact_id == contact_id, ConsentRequest.kind == RequestKind.CONFIRM)
        .order_by(ConsentRequest.created_at.desc())
        .limit(5)
    )
    return db.session.scalars(statement).all()


def find_pending(contact_id: UUID, since: datetime) -> ConsentRequest | None:
    """A question that can still be answered, asked since then, and that a server took or may yet take."""
    statement = select(ConsentRequest).where(
        ConsentRequest.contact_id == contact_id,
        ConsentRequest.kind == RequestKind.CONFIRM,
        ConsentRequest.state == RequestState.PENDING,
        ConsentRequest.confirmation_refused_at.is_(None),
        ConsentRequest.created_at > since,
    )
    return db.session.scalars(statement.limit(1)).one_or_none()


def count_requests_since(contact_id: UUID, kind: RequestKind, since: datetime) -> int:
    """How many mails of a kind were asked for since then."""
    statement = (
        select(func.count())
        .select_from(ConsentRequest)
        .where(
            ConsentRequest.contact_id == contact_id,
            ConsentRequest.kind == kind,
            ConsentRequest.created_at > since,
        )
    )
    return db.session.scalar(statement) or 0


def texts_asked(request: ConsentRequest) -> dict[str, str]:
    """The words of each purpose that a question is about."""
    rows = db.session.execute(
        select(ConsentWording.purpose, ConsentWording.text).where(
            ConsentWording.id.in_(request.wordings.values())
        )
    )
    found = {row.purpose: row.text for row in rows}
    return {purpose: found[purpose] for purpose in request.wordings}
