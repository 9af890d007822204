"""What a dissolution would touch, counted before it happens."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from organising.lobbying.approach_states import LIVE
from organising.lobbying.commitment_states import OPEN
from organising.lobbying.models import Approach, Commitment, Target
from organising.platform.actor import Actor
from organising.platform.few import count_found
from organising.representatives.models import Chamber, OfficeHolding, Parliament
from organising.representatives.models.parliaments import SEATS
from organising.representatives.queries.parliaments import count_open_terms, ended_by

Former = aliased(OfficeHolding)


@dataclass(frozen=True)
class Touched:
    """How many of each a dissolution touches. Promises are not touched: they stay with that parliament."""

    terms: int
    approaches: int
    promises: int
    targets: int


def count_touched(actor: Actor, parliament: Parliament) -> Touched:
    """What ends, pauses or stays when this parliament is dissolved; after it, what did."""
    if parliament.carried_out_at is None:
        members = select_members(parliament)
        terms = count_open_terms(parliament.chamber)
    else:
        members = ended_by(parliament).with_only_columns(OfficeHolding.person_id)
        terms = count_found(members)
    own = {"campaign_id": actor.campaign_id}
    return Touched(
        terms=terms,
        approaches=_count(
            select(Approach.id)
            .filter_by(**own)
            .where(Approach.person_id.in_(members), Approach.state.in_(LIVE))
        ),
        promises=_count(
            select(Commitment.id)
            .filter_by(**own)
            .where(Commitment.person_id.in_(members), Commitment.state.in_(OPEN))
        ),
        targets=_count(
            select(Target.id)
            .filter_by(**own)
            .where(Target.person_id.in_(members), Target.lead_organisation_id.is_not(None))
        ),
    )


def former_members(parliament: Parliament) -> Select[UUID]:
    """People whose term that parliament's dissolution ended, and who hold no seat in its chamber since."""
    kind = SEATS[Chamber(parliament.chamber)]
    again = exists().where(
        OfficeHolding.person_id == Former.person_id,
        OfficeHolding.kind == kind,
        OfficeHolding.start_on > parliament.elected_on,
        OfficeHolding.end_on.is_(None),
    )
    return select(Former.person_id).where(
        Former.id.in_(ended_by(parliament).with_only_columns(OfficeHolding.id)), ~again
    )


def select_members(parliament: Parliament) -> Select[UUID]:
    """People who sit in its chamber now."""
    return select(OfficeHolding.person_id).where(
        OfficeHolding.kind == SEATS[Chamber(parliament.chamber)], OfficeHolding.end_on.is_(None)
    )


def _count(statement: Select[UUID]) -> int:
    return count_found(statement)
