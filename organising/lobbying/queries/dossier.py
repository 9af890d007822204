"""Everything the coalition knows of one person in office, read once for their page and for the briefing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from organising.lobbying.commitment_states import OPEN
from organising.lobbying.models import AskItem
from organising.lobbying.queries.acts import list_acts_with_ties
from organising.lobbying.queries.approaches import ApproachRow, list_approaches
from organising.lobbying.queries.claims import list_positions
from organising.lobbying.queries.commitments import CommitmentRow, list_commitments
from organising.lobbying.queries.follow_ups import FollowUpRow, list_person_follow_ups
from organising.lobbying.queries.members import Seat, seat_of
from organising.lobbying.queries.positions import AskPosition
from organising.lobbying.queries.targets import Allocation, get_allocation
from organising.lobbying.queries.timeline import TimelineEntry, list_timeline
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import get_or_404
from organising.platform.panels import Panel, list_panels
from organising.representatives.known import CORRECTED
from organising.representatives.models import ContactPoint, OfficeHolding, ParliamentaryAct, Person
from organising.representatives.queries import list_contact_points, list_holdings

PLACE = "target"


@dataclass(frozen=True)
class NextStep:
    """What comes next, by when and whose it is: the soonest of a follow-up, an approach and a promise."""

    on: date
    owner: str
    follow_up: FollowUpRow | None = None
    approach: ApproachRow | None = None
    commitment: CommitmentRow | None = None
    is_overdue: bool = False


@dataclass(frozen=True)
class Dossier:
    """One person over all partners, and the reader's own organisation's side of it where the reader may see it.

    ``acts``: the latest in Parliament; ``ties``: by item, the asks that it concerns. ``panels``: what other domains add.
    """

    person: Person
    seat: Seat | None
    holdings: Sequence[OfficeHolding]
    contact_points: Sequence[ContactPoint]
    positions: Sequence[AskPosition]
    timeline: Sequence[TimelineEntry]
    follow_ups: Sequence[FollowUpRow]
    allocation: Allocation
    approaches: Sequence[ApproachRow]
    commitments: Sequence[CommitmentRow]
    acts: Sequence[ParliamentaryAct]
    ties: Mapping[UUID, Sequence[AskItem]]
    panels: Sequence[Panel]
    on: date

    @property
    def known(self) -> list[AskPosition]:
        """Asks of which somebody has said something."""
        return [one for one in self.positions if one.current.newest or one.suggestions]

    @property
    def not_known(self) -> list[AskPosition]:
        """Asks of which nobody has."""
        return [one for one in self.positions if not one.current.newest and not one.suggestions]

    @property
    def next_step(self) -> NextStep | None:
        """The soonest thing to do, if anything is planned."""
        return find_next_step(self.follow_ups, self.approaches, self.commitments, self.on)


def get_dossier(actor: Actor, person_id: UUID, *, engagements: int = 50) -> Dossier:
    """Read it all. Raises NotFound for a person who is not there."""
    on = today()
    holdings = list_holdings(person_id)
    # A holding brings its person with it.
    person: Person = holdings[0].person if holdings else get_or_404(Person, person_id)
    current = sitting(holdings, on)
    positions = list_positions(actor, person_id, kind=current.kind if current else "")
    area = current.area if current else None
    acts, ties = list_acts_with_ties(actor, person_id)
    return Dossier(
        person=person,
        seat=seat_of(current or next(iter(holdings), None), is_current=current is not None),
        holdings=holdings,
        contact_points=list_contact_points(person_id),
        positions=positions,
        timeline=list_timeline(actor, person_id, limit=engagements),
        follow_ups=list_person_follow_ups(actor, person_id),
        allocation=get_allocation(actor, person_id=person_id),
        approaches=list_approaches(actor, person_id=person_id),
        commitments=list_commitments(actor, person_id=person_id),
        acts=acts,
        ties=ties,
        panels=list_panels(PLACE, actor, gss_code=area.gss_code if area else None),
        on=on,
    )


def sitting(holdings: Sequence[OfficeHolding], on: date) -> OfficeHolding | None:
    """The holding in force on a day: a seat before a peerage, the latest before an earlier one."""
    in_force = [
        one
        for one in holdings
        if (one.start_on is None or one.start_on <= on)
        and (one.end_on is None or one.end_on >= on)
        and one.end_reason != CORRECTED
    ]
    return max(in_force, key=lambda one: (one.area_id is not None, one.start_on or date.min), default=None)


def find_next_step(
    follow_ups: Sequence[FollowUpRow],
    approaches: Sequence[ApproachRow],
    commitments: Sequence[CommitmentRow],
    on: date,
) -> NextStep | None:
    """The soonest by its day; of one day, a follow-up of one's own before what others do."""
    steps = [
        NextStep(row.follow_up.due_on, row.owner_name, follow_up=row, is_overdue=row.is_overdue)
        for row in follow_ups
    ]
    for row in approaches:
        one = row.approach
        if one.is_live:
            day = one.scheduled_on if one.scheduled_on and one.is_planned else one.due_on
            owner = (
                f"{one.owner_label}, {one.organisation.short_name}"
                if one.owner_label
                else one.organisation.short_name
            )
            steps.append(NextStep(day, owner, approach=row, is_overdue=day < on))
    for promise in commitments:
        due = promise.commitment.due_on
        if due is not None and promise.commitment.state in OPEN:
            owner = f"{promise.commitment.owner_label}, {promise.commitment.organisation.short_name}"
            steps.append(NextStep(due, owner, commitment=promise, is_overdue=promise.is_overdue))
    return min(steps, key=lambda step: step.on, default=None)
