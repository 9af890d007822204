"""Where many people stand, found by PostgreSQL: the rules of :mod:`queries.positions`, for counts, lists and filters.

``derive_position`` says the same of one person and one ask from their claims. The constants are its own, and a test
compares the two over hundreds of random histories. Row security applies as to every other select.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Subquery,
    Uuid,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from organising.lobbying.models import DisputeResolution, Position, PositionClaim
from organising.lobbying.queries.claims import POSITION_OF, STANDING, as_settlement, as_standing
from organising.lobbying.queries.positions import (
    AGAINST,
    DISPUTED,
    FOR,
    RECENT,
    STRENGTH,
    SURENESS,
    CurrentPosition,
)
from organising.lobbying.queries.shared import in_log
from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db


def select_current(
    actor: Actor,
    ask_ids: Collection[UUID],
    *,
    people: Select[UUID] | None = None,
    until: datetime | None = None,
) -> Select[Any]:
    """One row for each ask and person with a standing claim; who isn't there is unknown.

    Columns: ``ask_id``, ``person_id``, ``position``, ``is_disputed``, ``state`` (the position, or ``disputed``),
    ``claim_id`` (the claim that decides, or the newest under a settlement) and ``resolution_id`` (the settlement, if it
    stands). ``people``: only these. ``until``: of what was known then, judged as of today.
    """
    one = _judged(actor, ask_ids, people, until).c
    settles = and_(one.settled.is_not(None), ~one.is_contradicted)
    follows = and_(settles, one.since.is_not(None))
    is_disputed = and_(~settles, one.any_for, one.any_against)
    position = case((and_(settles, ~follows), one.settled), else_=one.position)
    decides = case((follows, one.id == one.since[1]), else_=one.place == 1)
    return select(
        one.ask_id, one.person_id, position.label("position"), is_disputed.label("is_disputed"),
        case((is_disputed, literal(DISPUTED)), else_=position).label("state"),
        one.id.label("claim_id"), case((settles, one.resolution_id)).label("resolution_id"),
    ).where(decides)  # fmt: skip


def select_touched(actor: Actor, ask_id: UUID, *, since: datetime) -> Subquery:
    """``person_id`` of whom a claim or a settlement on an ask was written since then."""
    return union(
        *(
            select(kind.person_id).where(
                kind.campaign_id == actor.campaign_id, kind.ask_id == ask_id, kind.created_at > since
            )
            for kind in (PositionClaim, DisputeResolution)
        )
    ).subquery("touched")


def read_stands(actor: Actor, ask_id: UUID, *, elected_on: date | None = None) -> dict[UUID, CurrentPosition]:
    """By person, where each stands on an ask of whom there is a standing claim, with the one that decides and no other.

    ``elected_on``: when the present parliament was elected.
    """
    current = select_current(actor, [ask_id]).subquery("current")
    settler = aliased(Organisation)
    rows = db.session.execute(
        select(current.c.position, current.c.is_disputed, DisputeResolution, settler.short_name, *STANDING)
        .join(PositionClaim, PositionClaim.id == current.c.claim_id)
        .join(Organisation, Organisation.id == PositionClaim.organisation_id)
        .outerjoin(DisputeResolution, DisputeResolution.id == current.c.resolution_id)
        .outerjoin(settler, settler.id == DisputeResolution.organisation_id)
    )
    found = {}
    for position, is_disputed, resolution, name, *claim in rows:
        newest = as_standing(claim)
        found[newest.person_id] = CurrentPosition(
            POSITION_OF[position],
            is_disputed,
            newest,
            settlement=as_settlement(resolution, name) if resolution else None,
            carried_over=newest.is_carried_over(elected_on),
        )
    return found


def any_id(ids: Iterable[UUID]) -> Any:
    """Any of many ids, as one parameter."""
    return any_(literal(list(ids), ARRAY(Uuid)))


def _judged(
    actor: Actor, ask_ids: Collection[UUID], people: Select[UUID] | None, until: datetime | None
) -> Subquery:
    """Standing claims, each with its place by weight and what all those of its person and ask say together."""
    latest = _latest_claims(actor, ask_ids, people, until).subquery("latest")
    settled = _latest_resolutions(actor, ask_ids, people, until).subquery("settled")
    side = _side(latest.c.position)
    is_since = func.coalesce(latest.c.created_at > settled.c.created_at, false())
    is_recent = latest.c.held_on >= today() - RECENT
    weight: dict[str, Any] = {
        "partition_by": (latest.c.ask_id, latest.c.person_id),
        "order_by": (
            latest.c.held_on.desc(),
            _place(latest.c.basis, STRENGTH).desc(),
            _place(latest.c.confidence, SURENESS).desc(),
            latest.c.created_at.desc(),
            latest.c.id.desc(),
        ),
        # One frame for all: the whole group, in order. PostgreSQL passes over it once.
        "rows": (None, None),
    }

    def any_of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return func.bool_or(condition).over(**weight)

    return (
        select(
            latest.c.ask_id,
            latest.c.person_id,
            latest.c.id,
            latest.c.position,
            settled.c.position.label("settled"),
            settled.c.id.label("resolution_id"),
            func.row_number().over(**weight).label("place"),
            func.array_agg(latest.c.id, type_=ARRAY(Uuid)).filter(is_since).over(**weight).label("since"),
            any_of(and_(is_since, side != _side(settled.c.position))).label("is_contradicted"),
            any_of(and_(is_recent, side > 0)).label("any_for"),
            any_of(and_(is_recent, side < 0)).label("any_against"),
        )
        .outerjoin(
            settled, and_(settled.c.ask_id == latest.c.ask_id, settled.c.person_id == latest.c.person_id)
        )
        .where(latest.c.position != Position.UNKNOWN)
        .subquery("judged")
    )


def _latest_claims(
    actor: Actor, ask_ids: Collection[UUID], people: Select[UUID] | None, until: datetime | None
) -> Select[*tuple[Any, ...]]:
    """Of each organisation its latest claim on a person and an ask, those that take back included."""
    claim = PositionClaim
    return (
        select(
            claim.ask_id, claim.person_id, claim.organisation_id, claim.id, claim.position, claim.basis,
            claim.confidence, claim.held_on, claim.created_at,
        )
        .where(*_about(claim, actor, ask_ids, people, until), ~claim.is_suggestion, in_log(claim.engagement_id))
        .ext(distinct_on(claim.ask_id, claim.person_id, claim.organisation_id))
        .order_by(
            claim.ask_id, claim.person_id, claim.organisation_id, claim.held_on.desc(),
            claim.created_at.desc(), claim.id.desc(),
        )
    )  # fmt: skip


def _latest_resolutions(
    actor: Actor, ask_ids: Collection[UUID], people: Select[UUID] | None, until: datetime | None
) -> Select[*tuple[Any, ...]]:
    one = DisputeResolution
    return (
        select(one.ask_id, one.person_id, one.id, one.position, one.created_at)
        .where(*_about(one, actor, ask_ids, people, until))
        .ext(distinct_on(one.ask_id, one.person_id))
        .order_by(one.ask_id, one.person_id, one.created_at.desc(), one.id.desc())
    )


def _about(
    kind: Any, actor: Actor, ask_ids: Collection[UUID], people: Select[UUID] | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    found = [kind.campaign_id == actor.campaign_id, kind.ask_id == any_id(ask_ids)]
    if people is not None:
        found.append(kind.person_id.in_(people))
    if until is not None:
        found.append(kind.created_at <= until)
    return found


def _side(position: ColumnElement[str]) -> ColumnElement[int]:
    return case((position.in_(sorted(FOR)), 1), (position.in_(sorted(AGAINST)), -1), else_=0)


def _place(column: ColumnElement[str], places: dict[Any, int]) -> ColumnElement[int]:
    return case({str(name): place for name, place in places.items()}, value=column)
