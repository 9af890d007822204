"""Loading claims and settlements, and where one person stands on every ask."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, null, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from organising.lobbying.models import (
    DisputeResolution,
    DisputeResolver,
    Position,
    PositionClaim,
)
from organising.lobbying.queries.positions import (
    AskPosition,
    CurrentPosition,
    Resolver,
    Settlement,
    Standing,
    derive_position,
    open_suggestions,
)
from organising.lobbying.queries.shared import in_log
from organising.organisations.models import Ask, Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import Chamber, Parliament
from organising.representatives.models.parliaments import SEATS

Key = tuple[UUID, UUID]
CHAMBER_OF = {str(office): str(chamber) for chamber, office in SEATS.items()}
POSITION_OF = {str(one): one for one in Position}
# The columns of :class:`Standing`, in its order.
STANDING: Final = (
    PositionClaim.id, PositionClaim.person_id, PositionClaim.ask_id, PositionClaim.organisation_id,
    Organisation.short_name, PositionClaim.author_label, PositionClaim.position,
    PositionClaim.confidence, PositionClaim.basis, PositionClaim.evidence_url, PositionClaim.held_on,
    PositionClaim.created_at, PositionClaim.is_suggestion,
)  # fmt: skip


def list_positions(actor: Actor, person_id: UUID, *, kind: str = "") -> list[AskPosition]:
    """Every open ask of the campaign and every closed one with a claim, in the campaign's order, in one query.

    ``kind``: the office that the person holds; it says which parliament they sit in.
    """
    claims = claim_rows(actor).where(PositionClaim.person_id == person_id).subquery()
    settled = _latest(DisputeResolution, actor, person_id)
    named = _latest(DisputeResolver, actor, person_id)
    settler, resolver = aliased(Organisation), aliased(Organisation)
    rows = db.session.execute(
        select(
            Ask, settled, settler.short_name, resolver.id, resolver.short_name,
            _elected_on(kind, today()), *claims.columns,
        )
        .outerjoin(claims, claims.c.ask_id == Ask.id)
        .outerjoin(settled, settled.ask_id == Ask.id)
        .outerjoin(settler, settler.id == settled.organisation_id)
        .outerjoin(named, named.ask_id == Ask.id)
        .outerjoin(resolver, resolver.id == named.resolver_organisation_id)
        .where(Ask.campaign_id == actor.campaign_id)
        .order_by(Ask.place, Ask.id)
    )  # fmt: skip
    found = []
    for ask, group in groupby(rows, key=lambda row: row[0]):
        said = list(group)
        _ask, settlement, settler_name, resolver_id, resolver_name, elected_on = said[0][:6]
        standing = [as_standing(row[6:]) for row in said if row[6] is not None]
        if not ask.is_open and not standing:
            continue
        current = derive_position(
            standing,
            today(),
            settlement=as_settlement(settlement, settler_name) if settlement else None,
            elected_on=elected_on,
        )
        who = Resolver(resolver_id, resolver_name) if resolver_id else None
        found.append(AskPosition(ask, current, open_suggestions(standing), who))
    return found


def find_position(actor: Actor, person_id: UUID, ask_id: UUID) -> CurrentPosition:
    """Where one person stands on one ask now; unknown where nobody has claimed anything."""
    about = (PositionClaim.person_id == person_id, PositionClaim.ask_id == ask_id)
    settled = (DisputeResolution.person_id == person_id, DisputeResolution.ask_id == ask_id)
    settlement = load_settlements(actor, *settled).get((ask_id, person_id))
    return derive_position(load_claims(actor, *about), today(), settlement=settlement)


def derive_stands(
    actor: Actor, ask_ids: Collection[UUID], person_ids: Collection[UUID]
) -> dict[Key, CurrentPosition]:
    """Where each of these people stands on each of these asks of whom anybody has claimed anything, in two statements."""
    if not person_ids:
        return {}

    def about(kind: Any) -> tuple[ColumnElement[bool], ...]:
        return (kind.ask_id.in_(ask_ids), kind.person_id.in_(person_ids))

    claims: dict[Key, list[Standing]] = defaultdict(list)
    for claim in load_claims(actor, *about(PositionClaim)):
        claims[(claim.ask_id, claim.person_id)].append(claim)
    settled = load_settlements(actor, *about(DisputeResolution))
    return {
        key: derive_position(found, today(), settlement=settled.get(key)) for key, found in claims.items()
    }


def load_claims(actor: Actor, *conditions: ColumnElement[bool]) -> list[Standing]:
    """Claims of the campaign that stand in the log, in no order; those of withdrawn engagements are left out."""
    return [as_standing(row) for row in db.session.execute(claim_rows(actor).where(*conditions))]


def claim_rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """``STANDING`` of every claim that stands in the log."""
    return (
        select(*STANDING)
        .join(Organisation, Organisation.id == PositionClaim.organisation_id)
        .where(PositionClaim.campaign_id == actor.campaign_id, in_log(PositionClaim.engagement_id))
    )


def as_standing(row: Any) -> Standing:
    """A row of :func:`claim_rows`."""
    values: list[Any] = list(row)
    values[6] = POSITION_OF[values[6]]
    return Standing(*values)


def load_settlements(
    actor: Actor, *conditions: ColumnElement[bool], until: datetime | None = None
) -> Mapping[Key, Settlement]:
    """The latest settlement by ask and person, of those made ``until`` then."""
    if until is not None:
        conditions = (*conditions, DisputeResolution.created_at <= until)
    rows = db.session.execute(
        select(DisputeResolution, Organisation.short_name)
        .join(Organisation, Organisation.id == DisputeResolution.organisation_id)
        .where(DisputeResolution.campaign_id == actor.campaign_id, *conditions)
        .order_by(DisputeResolution.created_at, DisputeResolution.id)
    )
    found: dict[Key, Settlement] = {}
    for one, name in rows:
        found[(one.ask_id, one.person_id)] = as_settlement(one, name)
    return found


def as_settlement(one: DisputeResolution, organisation_name: str) -> Settlement:
    """A resolution as pages show it."""
    return Settlement(
        Position(one.position), one.reason, one.author_label, organisation_name, one.created_at,
        tuple(one.claim_ids),
    )  # fmt: skip


def _latest(kind: Any, actor: Actor, person_id: UUID) -> Any:
    """Of an append-only table about disputes, the latest row of each ask."""
    rows = (
        select(kind)
        .where(kind.campaign_id == actor.campaign_id, kind.person_id == person_id)
        .ext(distinct_on(kind.ask_id))
        .order_by(kind.ask_id, kind.created_at.desc(), kind.id.desc())
    )
    return aliased(kind, rows.subquery())


def _elected_on(kind: str, on: date) -> ColumnElement[Any]:
    """When the parliament was elected in which the holders of this office sit."""
    chamber = CHAMBER_OF.get(kind)
    if chamber is None:
        return null().cast(Date)
    return (
        select(Parliament.elected_on)
        .where(Parliament.chamber == chamber, _sits(on))
        .order_by(Parliament.elected_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def _sits(on: date) -> ColumnElement[bool]:
    return and_(
        Parliament.elected_on <= on, or_(Parliament.dissolved_on.is_(None), Parliament.dissolved_on > on)
    )


def elected_days(on: date) -> dict[str, date]:
    """By kind of office, the day on which the parliament that sits was elected; none where none is known."""
    rows: Sequence[Parliament] = db.session.scalars(
        select(Parliament).where(_sits(on)).order_by(Parliament.elected_on)
    ).all()
    return {str(SEATS[Chamber(one.chamber)]): one.elected_on for one in rows if one.chamber in SEATS}
