"""What a report says beside what is known otherwise, for whoever checks it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from organising.lobbying.models import Engagement
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db
from organising.pledges.queries.paper import PaperOfAction, find_paper_of_action

from ..models import ActionDetail, BranchAction, ReportMeeting
from ..states import HAPPENED
from .reading import ActionRecord
from .reports import list_meetings

COMPARED = 3


@dataclass(frozen=True)
class Comparison:
    """A report and what stands beside it. ``met_elsewhere``: lines that others of the organisation logged that day
    about those whom the report names. ``before``: what the unit reported of this kind lately."""

    paper: PaperOfAction | None
    meetings: Sequence[ReportMeeting]
    met_elsewhere: int
    before: Sequence[BranchAction]


def compare_report(actor: Actor, record: ActionRecord) -> Comparison:
    """What to hold a report against."""
    action = record.action
    meetings = list_meetings(action)
    return Comparison(
        find_paper_of_action(actor, action.id, action.paper_pledges),
        meetings,
        _count_elsewhere(action, meetings),
        _list_before(record),
    )


def _count_elsewhere(action: BranchAction, meetings: Sequence[ReportMeeting]) -> int:
    if not meetings:
        return 0
    counted = select(func.count(Engagement.id)).where(
        Engagement.organisation_id == action.organisation_id,
        Engagement.person_id.in_([one.person_id for one in meetings]),
        Engagement.id.not_in([one.engagement_id for one in meetings]),
        Engagement.happened_on == action.starts_at.astimezone(LONDON).date(),
        Engagement.withdrawn_at.is_(None),
    )
    return db.session.scalar(counted) or 0


def _list_before(record: ActionRecord) -> Sequence[BranchAction]:
    action, detail = record.action, record.detail
    same_unit = select(ActionDetail.action_id).where(
        ActionDetail.unit_id.is_not_distinct_from(detail.unit_id if detail else None)
    )
    return db.session.scalars(
        select(BranchAction)
        .where(
            BranchAction.organisation_id == action.organisation_id,
            BranchAction.id != action.id,
            BranchAction.kind == action.kind,
            BranchAction.state.in_(HAPPENED),
            BranchAction.id.in_(same_unit),
        )
        .order_by(BranchAction.starts_at.desc(), BranchAction.id)
        .limit(COMPARED)
    ).all()
