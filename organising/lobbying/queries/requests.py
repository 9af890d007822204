"""Requests for information as every partner reads them, and those that wait for someone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from organising.lobbying.models import InformationRequest, RequestEvent, RequestOwn
from organising.lobbying.queries.shared import hold, one_or_404
from organising.lobbying.request_states import LIVE, WAITING
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission


@dataclass(frozen=True)
class RequestFilters:
    """``whose``: ``mine``, ``ours`` or ``all``. ``state``: a state, ``live``, ``overdue`` or empty for any."""

    whose: str = "all"
    state: str = ""


def select_requests(actor: Actor, filters: RequestFilters) -> Select[InformationRequest]:
    """Requests of the campaign that the filters leave; by ``due_on`` the overdue come first among those that wait."""
    statement = _whole(actor)
    if filters.whose == "ours":
        statement = statement.where(InformationRequest.organisation_id == actor.organisation_id)
    if filters.whose == "mine":
        statement = statement.where(InformationRequest.id.in_(_chased_by(actor)))
    if filters.state == "live":
        return statement.where(InformationRequest.state.in_(LIVE))
    if filters.state == "overdue":
        return statement.where(InformationRequest.state.in_(WAITING), InformationRequest.due_on < today())
    return statement.where(InformationRequest.state == filters.state) if filters.state else statement


def list_requests(actor: Actor, institution_id: UUID, *, limit: int = 50) -> Sequence[InformationRequest]:
    """All partners' requests to one institution, the latest first."""
    statement = _whole(actor).where(InformationRequest.institution_id == institution_id)
    return db.session.scalars(
        statement.order_by(InformationRequest.sent_on.desc(), InformationRequest.id).limit(limit)
    ).all()


def list_same_requests(
    actor: Actor, institution_id: UUID, ask_id: UUID | None
) -> Sequence[InformationRequest]:
    """What any partner has asked this body about this ask already, the withdrawn left out."""
    statement = _whole(actor).where(
        InformationRequest.institution_id == institution_id, InformationRequest.state != "withdrawn"
    )
    if ask_id is not None:
        statement = statement.where(InformationRequest.ask_id == ask_id)
    return db.session.scalars(statement.order_by(InformationRequest.sent_on.desc()).limit(10)).all()


def list_overdue_requests(actor: Actor, *, limit: int = 10) -> Few[InformationRequest]:
    """The own organisation's whose answer was due before today; nothing for who may not chase them."""
    if not actor.can(Permission.COMMITMENTS_EDIT):
        return Few()
    statement = select_requests(actor, RequestFilters("ours", "overdue"))
    return first_few(statement.order_by(InformationRequest.due_on, InformationRequest.id), limit)


def list_due_requests(actor: Actor, *, due_by: date, limit: int = 10) -> Sequence[InformationRequest]:
    """Those that the actor chases and whose answer is due by that day; nothing for who may not chase them."""
    if not actor.can(Permission.COMMITMENTS_EDIT):
        return []
    statement = select_requests(actor, RequestFilters("mine")).where(
        InformationRequest.organisation_id == actor.organisation_id,
        InformationRequest.state.in_(WAITING),
        InformationRequest.due_on <= due_by,
    )
    return db.session.scalars(
        statement.order_by(InformationRequest.due_on, InformationRequest.id).limit(limit)
    ).all()


def list_mine(actor: Actor, request_ids: Collection[UUID]) -> set[UUID]:
    """Which of these the reader is to chase."""
    if not request_ids or actor.user_id is None:
        return set()
    return set(db.session.scalars(_chased_by(actor).where(RequestOwn.request_id.in_(request_ids))))


def get_request(actor: Actor, request_id: UUID) -> InformationRequest:
    """One of any partner's. Raises NotFound."""
    return one_or_404(_whole(actor).where(InformationRequest.id == request_id))


def get_own_request(actor: Actor, request_id: UUID) -> InformationRequest:
    """One of the actor's organisation's, locked to be changed. Raises NotFound for all others alike."""
    found = get_request(actor, request_id)
    if found.organisation_id != actor.organisation_id:
        raise NotFound
    hold(found)
    return found


def list_events(request_id: UUID) -> Sequence[RequestEvent]:
    """A request's history, the latest first."""
    return db.session.scalars(
        select(RequestEvent)
        .where(RequestEvent.request_id == request_id)
        .order_by(RequestEvent.created_at.desc(), RequestEvent.id)
    ).all()


def _whole(actor: Actor) -> Select[InformationRequest]:
    return (
        select(InformationRequest)
        .where(InformationRequest.campaign_id == actor.campaign_id)
        .options(
            joinedload(InformationRequest.institution),
            joinedload(InformationRequest.organisation),
            joinedload(InformationRequest.ask),
        )
    )


def _chased_by(actor: Actor) -> Select[UUID]:
    return select(RequestOwn.request_id).where(RequestOwn.owner_user_id == actor.user_id)
